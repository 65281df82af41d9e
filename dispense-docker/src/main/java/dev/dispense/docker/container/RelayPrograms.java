package dev.dispense.docker.container;

import dev.dispense.Command;
import dev.dispense.PrintableText;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.exec.Exec;
import java.io.OutputStream;
import java.util.Set;

/**
 * What a sandbox needs to make ports of its loopback of the gateway's sockets: see {@code main.sh}.
 * The default image has it; an image of somebody else's may not.
 */
public final class RelayPrograms {
  private static final String PROBE =
      "command -v socat >/dev/null || perl -MIO::Socket::INET -MIO::Socket::UNIX -e 1 || exit 1";
  private static final Set<Integer> NO_SHELL = Set.of(126, 127);

  private RelayPrograms() {}

  /**
   * Looks for the programs in a sandbox that runs.
   *
   * @param image what it was made from
   * @throws UnavailableException when there are none
   */
  public static void require(Engine engine, String id, String image) {
    OutputStream nowhere = OutputStream.nullOutputStream();
    Command probe = Command.of("sh", "-c", PROBE).in("/");
    int code;
    try {
      code = Exec.run(engine, id, probe, Streams.of(nowhere, nowhere));
    } catch (UnavailableException e) {
      return; // It does not even run, which is told with the first command that it is given.
    }
    // Without a shell more is missing, and that is told, too.
    if (code != 0 && !NO_SHELL.contains(code)) {
      throw missing(image);
    }
  }

  private static UnavailableException missing(String image) {
    return new UnavailableException(
        "The image '"
            + PrintableText.printable(image, 120)
            + "' has neither socat nor perl with IO::Socket, and without one of them a sandbox"
            + " reaches nothing through the gateway. Add one to the image (on Debian: apt-get"
            + " install socat), or use another image. With an open network it is not needed; then"
            + " the agent has its key, and reaches the Internet and your local network.");
  }
}
