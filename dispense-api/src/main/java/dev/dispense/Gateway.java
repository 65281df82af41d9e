package dev.dispense;

import java.net.URI;

/**
 * How what runs in a sandbox reaches the {@linkplain Route routes} that are opened for it: by HTTP
 * over a Unix socket, or over a port of the loopback for programs that cannot do that.
 *
 * @param socket the absolute path of the socket in the sandbox
 * @param port the port on the sandbox's loopback
 */
public record Gateway(String socket, int port) {
  /** Returns the address of a route for a program that connects with the socket. */
  public URI overSocket(Route route) {
    return URI.create("http://localhost" + route.path());
  }

  /** Returns the address of a route for a program that connects with the port. */
  public URI overLoopback(Route route) {
    return URI.create("http://127.0.0.1:" + port + route.path());
  }
}
