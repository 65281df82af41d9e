package dev.dispense.docker.container;

import dev.dispense.Command;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.exec.Exec;
import dev.dispense.docker.host.Scripts;
import dev.dispense.support.ShellScript;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * A connection to a port of a container, relayed by a command in it: its address cannot be reached
 * from macOS and Windows, one without a network has none, and a port cannot be published once a
 * container exists.
 */
public final class PortRelay {
  private static final String SCRIPT =
      ShellScript.read(Scripts.class, "/dev/dispense/docker/relay.sh");
  private static final int NO_PROGRAM = 127;

  private PortRelay() {}

  /** Relays until the server ends the connection. */
  public static void run(
      Engine engine, String machineId, int port, InputStream in, OutputStream out) {
    Command relay = Command.of(List.of("sh", "-c", SCRIPT, "sh", Integer.toString(port))).in("/");
    Streams streams = Streams.of(in, out, OutputStream.nullOutputStream());
    if (Exec.run(engine, machineId, relay, streams) == NO_PROGRAM) {
      throw new UnavailableException(
          "Tried to connect to port %d of the sandbox but failed because its image has neither perl, socat, nc nor bash."
              .formatted(port));
    }
  }
}
