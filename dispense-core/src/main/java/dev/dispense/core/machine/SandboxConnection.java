package dev.dispense.core.machine;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.ExecResult;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.core.io.LineOutput;
import dev.dispense.spi.Gateways;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.support.BoundedOutput;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.util.Optional;

/** A running sandbox at its provider: the few calls that all else in the core is built on. */
public record SandboxConnection(
    SandboxProvider provider, String machineId, SandboxLayout layout, SandboxName name) {
  /** The most that a command that is known to write little may write, in bytes. */
  public static final int SHORT_OUTPUT = 64 << 20;

  public int exec(Command command, Streams streams) {
    Command placed =
        command.workingDirectory().isPresent() ? command : command.in(layout.workspace());
    try {
      return provider.exec(machineId, placed, streams);
    } catch (UnavailableException | NotFoundException e) {
      throw explained(e);
    }
  }

  /** What a provider says of a machine, such as its id, is told in terms of the sandbox. */
  private DispenseException explained(DispenseException failure) {
    Optional<Machine> machine;
    try {
      machine = provider.find(name);
    } catch (DispenseException e) {
      return failure;
    }
    if (machine.filter(found -> found.id().equals(machineId)).isEmpty()) {
      return new NotFoundException(
          "The sandbox '%s' has just been removed by somebody else. Delete it to save its work."
              .formatted(name),
          failure,
          new DispenseException.Hint.Delete(name));
    }
    return machine.get().state() == SandboxInfo.State.STOPPED
        ? new UnavailableException(
            "The sandbox '%s' is stopped or paused. Start it first.".formatted(name),
            failure,
            new DispenseException.Hint.Start(name))
        : failure;
  }

  /**
   * Returns the gateways of the provider.
   *
   * @throws RefusedException when it has none
   */
  public Gateways gateways() {
    return provider
        .gateways()
        .orElseThrow(
            () ->
                new RefusedException(
                    "The provider of the sandbox '%s' has no gateway: it does not see what the"
                            .formatted(name)
                        + " sandbox reaches, and can neither change nor limit it."));
  }

  /** Runs a short command and gathers what it writes. */
  public ExecResult exec(Command command, byte[] stdin) {
    BoundedOutput stdout = BoundedOutput.failingOver(SHORT_OUTPUT);
    BoundedOutput stderr = BoundedOutput.failingOver(SHORT_OUTPUT);
    Streams streams =
        stdin.length == 0
            ? Streams.of(stdout, stderr)
            : Streams.of(new ByteArrayInputStream(stdin), stdout, stderr);
    int exitCode = exec(command, streams);
    return new ExecResult(exitCode, stdout.toString(), stderr.toString());
  }

  public ExecResult exec(Command command) {
    return exec(command, new byte[0]);
  }

  /** Runs a command and hands its output on, line by line. */
  public int exec(Command command, LineOutput stdout, OutputStream stderr) {
    int exitCode = exec(command, Streams.of(stdout, stderr));
    stdout.finish();
    return exitCode;
  }

  /**
   * Returns whether its user is root. What was asked for is not what is so where nothing is
   * mounted: it may be the image's user.
   *
   * @param uid what was asked for
   */
  public boolean isRoot(int uid) {
    return provider.capabilities().contains(Capability.BIND_MOUNTS)
        ? uid == 0
        : exec(Command.of("id", "-u")).stdout().strip().equals("0");
  }
}
