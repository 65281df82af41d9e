package dev.dispense.core.preview;

import dev.dispense.Capability;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.PortForward;
import dev.dispense.RefusedException;
import dev.dispense.SandboxInfo;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxProvider;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** A TCP port of a sandbox, and the ways to it from this machine. */
public record SandboxPort(SandboxConnection connection, int number) {
  private static final int MAX = 65535;

  public SandboxPort {
    if (number < 1 || number > MAX) {
      throw new IllegalArgumentException("A port is from 1 to %d, not %d.".formatted(MAX, number));
    }
  }

  /** Makes one connection; see {@link SandboxProvider#connect}. */
  public void connect(InputStream in, OutputStream out) {
    connection.provider().connect(connection.machineId(), number, in, out);
  }

  /** Opens a way for all who find it. */
  public LoopbackPort forward() {
    check();
    return LoopbackPort.open(
        port -> client -> connect(client.getInputStream(), client.getOutputStream()));
  }

  /** Opens a way for browsers and programs that have its address. */
  public PortForward.Preview preview() {
    check();
    Secret token = LoopbackPreview.newToken();
    return new LoopbackPreview(
        LoopbackPort.open(
            port -> {
              PreviewGuard door = new PreviewGuard(port, token);
              return client -> new PreviewConnection(door, client, this).serve();
            }),
        token);
  }

  /** What would fail with every connection is said beforehand. */
  private void check() {
    if (!connection.provider().capabilities().contains(Capability.PORT_FORWARDING)) {
      throw new RefusedException("This provider cannot forward ports.");
    }
    Optional<Machine> machine = connection.provider().find(connection.name());
    if (machine.filter(found -> found.id().equals(connection.machineId())).isEmpty()) {
      throw new NotFoundException("The sandbox '%s' is gone.".formatted(connection.name()));
    }
    if (machine.get().state() != SandboxInfo.State.RUNNING) {
      throw new UnavailableException(
          "Tried to forward port %d of the sandbox '%s' but failed because it is stopped. Start it first."
              .formatted(number, connection.name()),
          null,
          new DispenseException.Hint.Start(connection.name()));
    }
  }
}
