package dev.dispense.spi;

import java.net.URI;
import java.util.Optional;

/**
 * How what runs in a sandbox reaches the {@linkplain Route routes} that are opened for it: by HTTP
 * over a Unix socket, or over a port of the loopback for programs that cannot do that.
 *
 * @param socket the absolute path of the socket in the sandbox
 * @param port the port on the sandbox's loopback
 * @param pass the task whose requests these are, where it is one
 */
public record Gateway(String socket, int port, Optional<TaskTag> pass) {
  /** Makes one that is of no task. */
  public Gateway(String socket, int port) {
    this(socket, port, Optional.empty());
  }

  /** Returns the same for the requests of a task. */
  public Gateway forTask(TaskTag task) {
    return new Gateway(socket, port, Optional.of(task));
  }

  /** Returns the address of a route for a program that connects with the socket. */
  public URI overSocket(Route route) {
    return URI.create("http://localhost" + path(route));
  }

  /** Returns the address of a route for a program that connects with the port. */
  public URI overLoopback(Route route) {
    return URI.create("http://127.0.0.1:" + port + path(route));
  }

  private String path(Route route) {
    return pass.map(TaskTag::path).orElse("") + route.path();
  }
}
