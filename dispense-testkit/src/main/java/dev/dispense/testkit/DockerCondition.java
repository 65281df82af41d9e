package dev.dispense.testkit;

import dev.dispense.Environment;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Asks the engine, over its socket and without a client library, whether tests can use it. */
final class DockerCondition implements ExecutionCondition {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int DEFAULT_PORT = 2375;

  private final Map<String, String> environment;

  DockerCondition() {
    this(Environment.current().variables());
  }

  DockerCondition(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return evaluate();
  }

  /**
   * Returns whether tests can run.
   *
   * @throws IllegalStateException when they cannot and {@code CI} is {@code true}
   */
  ConditionEvaluationResult evaluate() {
    return Requirement.result(environment, missing(), "A Docker engine answers.");
  }

  private Optional<String> missing() {
    String host = variable("DOCKER_HOST");
    String named = variable("DISPENSE_DOCKER_BASE_IMAGE");
    String image = named.isEmpty() ? "debian:bookworm-slim" : named;
    try {
      SocketAddress address = address(host.isEmpty() ? "unix:///var/run/docker.sock" : host);
      int ping = status(address, "/_ping");
      if (ping != 200) {
        return Optional.of("The Docker engine answers its ping with status " + ping + ".");
      }
      if (status(address, "/images/" + image + "/json") != 200) {
        return Optional.of(
            "The Docker engine has no image '"
                + image
                + "'. Pull it, or name another one with DISPENSE_DOCKER_BASE_IMAGE.");
      }
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.of("No Docker engine answers: " + e + ".");
    }
  }

  private static SocketAddress address(String host) throws IOException {
    URI uri = URI.create(host);
    if ("unix".equals(uri.getScheme())) {
      return UnixDomainSocketAddress.of(uri.getPath());
    }
    if ("tcp".equals(uri.getScheme()) && uri.getHost() != null) {
      return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }
    throw new IOException("DOCKER_HOST is neither unix:// nor tcp://");
  }

  /** Returns the status of a GET request; Docker Engine API, "SystemPing" and "ImageInspect". */
  private static int status(SocketAddress address, String path) throws IOException {
    if (!path.matches("[\\w./:@-]+")) {
      throw new IOException("not a path that can be asked for: " + path);
    }
    FutureTask<String> answer = new FutureTask<>(() -> firstBytes(address, path));
    DaemonThread.start("docker-ping", answer);
    try {
      String[] words = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).split(" ", 3);
      return Integer.parseInt(words.length > 1 ? words[1] : "");
    } catch (NumberFormatException e) {
      throw new IOException("the answer is not HTTP", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException("no answer in " + PATIENCE.toSeconds() + " seconds", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String firstBytes(SocketAddress address, String path) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      String request = "GET " + path + " HTTP/1.0\r\nHost: docker\r\n\r\n";
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      ByteBuffer answer = ByteBuffer.allocate(64);
      for (int read = 0; read >= 0 && answer.hasRemaining(); ) {
        read = channel.read(answer);
      }
      return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
    }
  }

  private String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
