package dev.dispense.docker;

import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.Endpoint;
import dev.dispense.docker.engine.EndpointDiscovery;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.engine.SocketProbe;
import dev.dispense.spi.SandboxProvider;

/**
 * Makes the provider {@code docker}: each sandbox is a container of a Docker Engine, API version
 * 1.41 (Docker 20.10) or newer.
 *
 * <p>The engine is found as the {@code docker} command finds it: {@code DOCKER_HOST} with {@code
 * DOCKER_TLS_VERIFY} and {@code DOCKER_CERT_PATH}, then {@code DOCKER_CONTEXT} or the context
 * chosen with {@code docker context use}, then the sockets at which Docker, Docker Desktop, Colima
 * and Podman listen by default. An engine on another machine is used over TCP, without bind mounts.
 *
 * <p>Settings ({@link Environment#setting}):
 *
 * <ul>
 *   <li>{@code docker.base-image}: the image that the default image is built on; default {@code
 *       debian:bookworm-slim}
 *   <li>{@code docker.apt-mirror}: what stands before {@code /debian} in the address of the package
 *       mirror that is used while the default image is built; default, on a Debian, the machine's
 *       own
 * </ul>
 */
public final class DockerProviderFactory implements SandboxProvider.Factory {
  /** Makes the factory; this is what {@link java.util.ServiceLoader} calls. */
  public DockerProviderFactory() {}

  /** Returns {@code docker}. */
  @Override
  public String id() {
    return "docker";
  }

  /**
   * Finds the engine and opens the provider for it. Of the sockets, the first one that accepts a
   * connection is taken; an engine at a TCP address is not connected to before the first call.
   *
   * @throws UnavailableException when no engine is found, or this user may not use it
   */
  @Override
  public SandboxProvider open(Environment host) {
    Endpoint endpoint = new EndpointDiscovery(host, SocketProbe.CONNECTING).find();
    return new DockerProvider(host, new Engine(host, endpoint));
  }
}
