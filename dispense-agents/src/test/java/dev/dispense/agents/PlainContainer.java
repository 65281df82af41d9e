package dev.dispense.agents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.spi.Software;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A container without anything of Dispense in it, through the {@code docker} program, so that the
 * agent is tested by itself. Runs as root. Closing removes it.
 */
final class PlainContainer implements AutoCloseable {
  private static final String CERTIFICATES = "/etc/dispense-ca.crt";

  private final String name = "dispense-agents-it-" + UUID.randomUUID();

  private PlainContainer() {}

  /** What a program printed and how it ended. */
  record Output(int exitCode, String out, String err) {}

  /** Starts a container of the image that tests with Docker have. */
  static PlainContainer start() {
    String image =
        Optional.ofNullable(System.getenv("DISPENSE_DOCKER_BASE_IMAGE"))
            .orElse("debian:bookworm-slim");
    PlainContainer container = new PlainContainer();
    List<String> command =
        new ArrayList<>(
            List.of("docker", "run", "-d", "--init", "--user", "0", "--name", container.name));
    String certificates = System.getenv("SSL_CERT_FILE");
    if (certificates != null && Files.exists(Path.of(certificates))) {
      command.addAll(List.of("-v", certificates + ":" + CERTIFICATES + ":ro"));
      for (String variable : List.of("SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")) {
        command.addAll(List.of("-e", variable + "=" + CERTIFICATES));
      }
    }
    for (String variable :
        List.of("npm_config_registry", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")) {
      if (System.getenv(variable) != null) {
        command.addAll(List.of("-e", variable));
      }
    }
    command.addAll(List.of(image, "sleep", "infinity"));
    assertThat(run("", command).exitCode()).isZero();
    return container;
  }

  /** Returns the address by which the container reaches this machine. */
  String gateway() {
    return run(
            "",
            List.of(
                "docker",
                "inspect",
                "-f",
                "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}",
                name))
        .out()
        .strip();
  }

  /** Installs a program the way that a provider does. */
  Output install(Software software, Map<String, String> more) {
    List<String> command = new ArrayList<>(List.of("docker", "exec", "-i"));
    software
        .environment()
        .forEach((key, value) -> command.addAll(List.of("-e", key + "=" + value)));
    more.forEach((key, value) -> command.addAll(List.of("-e", key + "=" + value)));
    command.addAll(List.of("-e", "DISPENSE_SOFTWARE=/opt/software", name, "sh", "-s"));
    return run(software.install(), command);
  }

  Output sh(String script, String... arguments) {
    return exec("", Map.of(), script, arguments);
  }

  Output exec(String input, Map<String, String> environment, String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker", "exec", "-i"));
    command.addAll(List.of("-e", "PATH=/opt/software/bin:/usr/local/bin:/usr/bin:/bin"));
    environment.forEach((key, value) -> command.addAll(List.of("-e", key + "=" + value)));
    command.addAll(List.of(name, "sh", "-c", script, "sh"));
    command.addAll(List.of(arguments));
    return run(input, command);
  }

  @Override
  public void close() {
    run("", List.of("docker", "rm", "-f", "-v", name));
    assertThat(run("", List.of("docker", "inspect", name)).exitCode()).isNotZero();
  }

  private static Output run(String input, List<String> command) {
    Path out = null;
    Path err = null;
    try {
      out = Files.createTempFile("dispense", ".out");
      err = Files.createTempFile("dispense", ".err");
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // The program ended without reading all of its input; its exit code says why.
      }
      if (!process.waitFor(4, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("No end after 4 minutes: " + command);
      }
      return new Output(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      delete(out);
      delete(err);
    }
  }

  private static void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
