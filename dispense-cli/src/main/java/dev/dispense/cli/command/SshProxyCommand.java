package dev.dispense.cli.command;

import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.UnavailableException;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.ssh.SshDirectory;
import dev.dispense.cli.ssh.SshEntry;
import dev.dispense.cli.ssh.SshHostKey;
import dev.dispense.cli.ssh.SshServerSession;
import dev.dispense.cli.terminal.ExitCode;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Started by ssh in the place of a connection to a server. */
@Command(
    name = "ssh-proxy",
    hidden = true,
    description = "Speaks SSH on standard input and output, for a sandbox on this machine.")
public final class SshProxyCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "<sandbox>", description = "The name of the sandbox.")
  private String sandbox = "";

  public SshProxyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    String name = new SandboxName(sandbox).value();
    SshDirectory directory = new SshDirectory(session.host());
    Optional<SshEntry> saved = directory.entry(name).filter(entry -> entry.access().isEmpty());
    if (saved.isEmpty()) {
      throw new NotFoundException(
          "No configuration was saved for the sandbox '%s'. To save it: dispense ssh %s --save-config"
              .formatted(name, name));
    }
    try (Sandbox found = session.sandbox(name, Set.of(saved.get().provider()))) {
      if (found.info().state() != SandboxInfo.State.RUNNING) {
        throw new UnavailableException(
            "The sandbox '%s' does not run. To start it: dispense start %s".formatted(name, name));
      }
      new SshServerSession(found, SshHostKey.read(directory))
          .serve(session.console().in(), session.console().out());
    }
    return ExitCode.OK;
  }
}
