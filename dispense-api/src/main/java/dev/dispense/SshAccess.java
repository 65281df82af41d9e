package dev.dispense;

import java.time.Instant;

/**
 * A way into a sandbox by SSH, for as long as it lasts. Whoever has it can do in the sandbox what
 * its user can.
 *
 * @param host the host name or address to connect to
 * @param port 1 to 65535
 * @param user the user name to give there; it is all that is asked for, so it is a secret
 * @param expires from when on it lets nobody in; a session that is open may go on
 */
public record SshAccess(String host, int port, Secret user, Instant expires) {
  /**
   * Checks the parts, as they become words of a configuration file.
   *
   * @throws IllegalArgumentException when host or user have characters that none has, or the port
   *     is none
   */
  public SshAccess {
    if (!host.matches("[A-Za-z0-9.:_-]{1,253}") || host.startsWith("-")) {
      throw new IllegalArgumentException(
          "'" + PrintableText.printable(host, 80) + "' is not the name of a host for SSH.");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("A port is from 1 to 65535, not " + port);
    }
    if (!user.reveal().matches("[A-Za-z0-9._~+=-]{1,1024}") || user.reveal().startsWith("-")) {
      throw new IllegalArgumentException("That is not a user name for SSH.");
    }
  }
}
