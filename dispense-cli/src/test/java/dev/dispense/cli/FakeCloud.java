package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dispense.testkit.daytona.DaytonaRequest;
import dev.dispense.testkit.daytona.FakeDaytona;
import dev.dispense.testkit.daytona.cloud.Faults;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A Daytona in this process, with the commands' side of it: what a user has set, and what is left
 * there. Closing it checks that it was asked for nothing that the real one has not.
 */
final class FakeCloud implements AutoCloseable {
  private static final String IMAGE =
      System.getenv().getOrDefault("DISPENSE_DOCKER_BASE_IMAGE", "debian:bookworm-slim");
  private static final String CERTIFICATES = "/etc/certificates-of-the-test.crt";

  private final String mark = "dispense-test=" + UUID.randomUUID();
  private final FakeDaytona daytona;

  FakeCloud() {
    List<String> options = new ArrayList<>(List.of("--label", mark));
    options.addAll(trustOfThisMachine());
    daytona = FakeDaytona.builder(IMAGE).dockerOptions(options).start();
  }

  /** The cloud has the Internet itself; what stands in for it may be behind a proxy. */
  private static List<String> trustOfThisMachine() {
    String file = System.getenv("SSL_CERT_FILE");
    if (file == null || !Files.isReadable(Path.of(file))) {
      return List.of();
    }
    return List.of(
        "--volume=" + file + ":" + CERTIFICATES + ":ro", "--env=SSL_CERT_FILE=" + CERTIFICATES);
  }

  /** Returns what a user sets who has a key. */
  Map<String, String> environment() {
    return Map.of("DAYTONA_API_KEY", daytona.apiKey(), "DAYTONA_API_URL", daytona.url().toString());
  }

  Faults faults() {
    return daytona.faults();
  }

  List<DaytonaRequest> requests() {
    return daytona.requests();
  }

  /** Returns all that the service says of each of its sandboxes, whatever their state. */
  List<JsonNode> sandboxes() {
    List<JsonNode> sandboxes = new ArrayList<>();
    for (JsonNode item : get("/sandbox?limit=200").orElseThrow().path("items")) {
      get("/sandbox/" + item.path("id").asText()).ifPresent(sandboxes::add);
    }
    return sandboxes;
  }

  /** Returns an answer; empty when there is none such. */
  private Optional<JsonNode> get(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(daytona.url() + path))
            .header("Authorization", "Bearer " + daytona.apiKey())
            .build();
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isIn(200, 404);
      return Optional.of(new ObjectMapper().readTree(answer.body()))
          .filter(body -> answer.statusCode() == 200);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Checks that the service has nothing of a sandbox any more, in whatever state. */
  void checkNothingIsLeftOf(String name) {
    assertThat(sandboxes())
        .as("sandboxes at the service")
        .noneMatch(it -> it.path("labels").path("dev.dispense.sandbox").asText().equals(name));
  }

  /** Checks that there is nothing of any sandbox any more. */
  void checkNothingIsLeft() {
    assertThat(sandboxes()).as("sandboxes at the service").isEmpty();
    assertThat(containers()).as("containers of the service").isEmpty();
  }

  private String containers() {
    return new CommandLine(Path.of("."), Map.of())
        .run(List.of("docker", "ps", "--all", "--quiet", "--filter", "label=" + mark))
        .succeeds()
        .stdout();
  }

  /** Returns the address of this machine by which the containers reach it. */
  String gateway() throws IOException {
    return daytona.hostAddress();
  }

  @Override
  public void close() {
    List<String> violations = daytona.violations();
    daytona.close();
    assertThat(violations).as("requests that the API does not have").isEmpty();
  }
}
