package dev.dispense.docker.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dispense.Environment;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.UnavailableException;
import dev.dispense.support.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the engine as the {@code docker} command does (docs.docker.com/reference/cli/docker and
 * /engine/manage-resources/contexts), and beyond that at the sockets where engines listen that are
 * not set up as a context.
 */
public final class EndpointDiscovery {
  private static final int PLAIN_PORT = 2375;
  private static final int TLS_PORT = 2376;

  private final Environment host;
  private final SocketProbe probe;

  public EndpointDiscovery(Environment host, SocketProbe probe) {
    this.host = host;
    this.probe = probe;
  }

  /** Returns the engine's endpoint. */
  public Endpoint find() {
    Optional<String> address = host.variable("DOCKER_HOST");
    if (address.isPresent()) {
      return checked(parse(address.get(), certificatesOfEnvironment(), "DOCKER_HOST"));
    }
    Optional<String> context = host.variable("DOCKER_CONTEXT");
    if (context.isEmpty()) {
      context = currentContext();
    }
    if (context.isPresent() && !context.get().equals("default")) {
      return checked(context(context.get()));
    }
    return firstListening();
  }

  /** Returns the directory of the docker command's own configuration. */
  static Path configDirectory(Environment host) {
    Optional<String> named = host.variable("DOCKER_CONFIG");
    return named.isPresent() ? Path.of(named.get()) : host.userHome().resolve(".docker");
  }

  private Optional<Path> certificatesOfEnvironment() {
    if (host.variable("DOCKER_TLS_VERIFY").isEmpty() && host.variable("DOCKER_TLS").isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        host.variable("DOCKER_CERT_PATH").map(Path::of).orElseGet(() -> configDirectory(host)));
  }

  private Optional<String> currentContext() {
    Path file = configDirectory(host).resolve("config.json");
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    String name = readJson(file, "docker's configuration").path("currentContext").asText("");
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  private Endpoint context(String name) {
    Path contexts = configDirectory(host).resolve("contexts");
    String digest = Sha256.hex(name);
    Path meta = contexts.resolve("meta").resolve(digest).resolve("meta.json");
    String what = "the docker context '" + PrintableText.printable(name, 80) + "'";
    if (!Files.exists(meta)) {
      throw new UnavailableException(
          "Tried to use "
              + what
              + " but failed because there is none of that name. See 'docker context ls'; choose"
              + " one with 'docker context use' or DOCKER_CONTEXT, or set DOCKER_HOST.");
    }
    JsonNode docker = readJson(meta, what).path("Endpoints").path("docker");
    String address = docker.path("Host").asText("");
    if (address.isEmpty()) {
      throw new UnavailableException(
          "Tried to use "
              + what
              + " but failed because "
              + meta
              + " names no Docker endpoint."
              + " Choose another one with 'docker context use', or set DOCKER_HOST.");
    }
    if (docker.path("SkipTLSVerify").asBoolean(false)) {
      throw new RefusedException(
          "Refused to use "
              + what
              + " because it skips the verification of the engine's"
              + " certificate. Set the context up with the engine's CA instead.");
    }
    Path certificates = contexts.resolve("tls").resolve(digest).resolve("docker");
    return parse(
        address,
        Files.isDirectory(certificates) ? Optional.of(certificates) : Optional.empty(),
        what);
  }

  private static Endpoint parse(String address, Optional<Path> certificates, String origin) {
    String shown = PrintableText.printable(address, 200);
    URI uri;
    try {
      uri = URI.create(address);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          "Refused the engine address '"
              + shown
              + "' of "
              + origin
              + " because it is not a URL,"
              + " such as unix:///var/run/docker.sock or tcp://host:2376.",
          e);
    }
    String scheme = String.valueOf(uri.getScheme());
    if (scheme.equals("unix") && uri.getPath() != null && uri.getPath().startsWith("/")) {
      return new Endpoint.UnixSocket(Path.of(uri.getPath()), origin);
    }
    if ((scheme.equals("tcp") || scheme.equals("https") || scheme.equals("http"))
        && uri.getHost() != null) {
      String name = uri.getHost().replaceAll("^\\[|\\]$", "");
      int standardPort = certificates.isPresent() ? TLS_PORT : PLAIN_PORT;
      return new Endpoint.Tcp(
          name, uri.getPort() < 0 ? standardPort : uri.getPort(), certificates, origin);
    }
    if (scheme.equals("ssh")) {
      throw new RefusedException(
          "Refused the engine address '"
              + shown
              + "' of "
              + origin
              + " because Dispense does not"
              + " speak SSH to an engine. Forward its socket yourself and point DOCKER_HOST at it:"
              + " ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock user@host, then"
              + " DOCKER_HOST=unix:///tmp/docker.sock.");
    }
    if (scheme.equals("npipe")) {
      throw new RefusedException(
          "Refused the engine address '"
              + shown
              + "' of "
              + origin
              + " because Dispense does not"
              + " use Windows' named pipes. Run it in WSL 2, where Docker Desktop offers"
              + " /var/run/docker.sock.");
    }
    throw new RefusedException(
        "Refused the engine address '"
            + shown
            + "' of "
            + origin
            + " because it is neither"
            + " unix:///path nor tcp://host:port.");
  }

  private Endpoint checked(Endpoint endpoint) {
    if (endpoint instanceof Endpoint.UnixSocket socket) {
      SocketProbe.Result result = probe.probe(socket.path());
      if (result == SocketProbe.Result.DENIED) {
        throw denied(socket.path());
      }
      if (result != SocketProbe.Result.LISTENING) {
        throw new UnavailableException(
            "Tried to reach the Docker Engine at "
                + socket.path()
                + ", named by "
                + socket.origin()
                + ", but failed because this socket "
                + result
                + ". "
                + "Start the engine, or change "
                + socket.origin()
                + ".");
      }
    }
    return endpoint;
  }

  private Endpoint firstListening() {
    Map<Path, SocketProbe.Result> tried = new LinkedHashMap<>();
    for (Path socket : defaultSockets()) {
      SocketProbe.Result result = probe.probe(socket);
      if (result == SocketProbe.Result.LISTENING) {
        return new Endpoint.UnixSocket(socket, "the default sockets");
      }
      tried.put(socket, result);
    }
    tried.forEach(
        (socket, result) -> {
          if (result == SocketProbe.Result.DENIED) {
            throw denied(socket);
          }
        });
    StringBuilder list = new StringBuilder();
    tried.forEach(
        (socket, result) -> list.append("\n  ").append(socket).append(' ').append(result));
    throw new UnavailableException(
        "Tried to find a Docker Engine but failed because none listens at the usual places:"
            + list
            + "\nInstall Docker (https://docs.docker.com/engine/install/) or start it: 'sudo"
            + " systemctl start docker' on Linux, Docker Desktop or 'colima start' on macOS,"
            + " 'systemctl --user start podman.socket' for Podman. An engine somewhere else is"
            + " named by DOCKER_HOST or 'docker context use'.");
  }

  private List<Path> defaultSockets() {
    List<Path> sockets = new ArrayList<>();
    Optional<String> runtime = host.variable("XDG_RUNTIME_DIR");
    sockets.add(Path.of("/var/run/docker.sock"));
    if (runtime.isPresent()) {
      sockets.add(Path.of(runtime.get(), "docker.sock"));
    }
    sockets.add(host.userHome().resolve(".docker/run/docker.sock"));
    sockets.add(host.userHome().resolve(".colima/default/docker.sock"));
    if (runtime.isPresent()) {
      sockets.add(Path.of(runtime.get(), "podman/podman.sock"));
    }
    sockets.add(Path.of("/run/podman/podman.sock"));
    return sockets;
  }

  private UnavailableException denied(Path socket) {
    return new UnavailableException(
        "Tried to connect to the Docker Engine at "
            + socket
            + " but failed because the user "
            + PrintableText.printable(host.userName(), 80)
            + " may not use this socket. Let an administrator"
            + " run 'sudo usermod -aG docker "
            + PrintableText.printable(host.userName(), 80)
            + "', then log"
            + " out and in again; or use a rootless engine"
            + " (https://docs.docker.com/engine/security/rootless/).");
  }

  private static JsonNode readJson(Path file, String what) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      String why = Files.exists(file) ? "cannot be read as JSON" : "does not exist";
      throw new UnavailableException(
          "Tried to read "
              + what
              + " but failed because "
              + file
              + " "
              + why
              + ". Choose another context with 'docker context use', or set DOCKER_HOST.",
          Files.exists(file) ? e : new NoSuchFileException(file.toString()));
    }
  }
}
