package dev.dispense.docker.engine;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Where a Docker Engine listens. */
public sealed interface Endpoint {
  /** Returns what named this endpoint, such as {@code DOCKER_HOST}. */
  String origin();

  /** Returns the address in the form that {@code DOCKER_HOST} has. */
  URI uri();

  /** Returns whether the engine sees the files of this machine. */
  boolean isLocal();

  /**
   * A Unix socket of this machine.
   *
   * @param path the socket
   */
  record UnixSocket(Path path, String origin) implements Endpoint {
    @Override
    public URI uri() {
      return URI.create("unix://" + path.toUri().getRawPath());
    }

    @Override
    public boolean isLocal() {
      return true;
    }

    /** Returns whether the engine runs in a virtual machine of Colima or Lima on this machine. */
    public boolean isInVirtualMachine() {
      return path.toString().contains("/.colima/") || path.toString().contains("/.lima/");
    }
  }

  /**
   * A TCP address. It counts as another machine even when it is loopback, which may be a tunnel.
   *
   * @param certificates the directory of {@code ca.pem}, {@code cert.pem} and {@code key.pem};
   *     absent: no TLS
   */
  record Tcp(String host, int port, Optional<Path> certificates, String origin)
      implements Endpoint {
    @Override
    public URI uri() {
      return URI.create("tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }

    @Override
    public boolean isLocal() {
      return false;
    }
  }
}
