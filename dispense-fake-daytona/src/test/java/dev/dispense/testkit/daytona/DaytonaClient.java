package dev.dispense.testkit.daytona;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Calls a fake Daytona as plainly as can be. */
final class DaytonaClient {
  static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final FakeDaytona daytona;
  private final String key;

  DaytonaClient(FakeDaytona daytona, String key) {
    this.daytona = daytona;
    this.key = key;
  }

  DaytonaClient(FakeDaytona daytona) {
    this(daytona, daytona.apiKey());
  }

  /** Calls the main API. */
  Answer call(String method, String path, String... body) throws IOException {
    return send(method, URI.create(daytona.url() + path), Map.of(), body);
  }

  /** Calls a toolbox. */
  Answer toolbox(String sandbox, String method, String path, String... body) throws IOException {
    return send(method, toolbox(sandbox, path), Map.of(), body);
  }

  URI toolbox(String sandbox, String path) {
    return daytona.url().resolve("/toolbox/" + sandbox + path);
  }

  Answer send(String method, URI uri, Map<String, String> headers, String... body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofString(body[0]));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    if (body.length > 0 && !headers.containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    try {
      return new Answer(http.send(request.build(), BodyHandlers.ofByteArray()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Makes a sandbox that can be used, and returns its id. */
  String create(String body) throws IOException {
    Answer answer = call("POST", "/sandbox", body);
    if (answer.status() != 200) {
      throw new AssertionError(answer.status() + " " + answer.text());
    }
    return answer.json().path("id").asText();
  }

  /** Runs a command in a sandbox, and returns its exit code and output. */
  JsonNode execute(String sandbox, String command) throws IOException {
    String body = JSON.createObjectNode().put("command", command).toString();
    Answer answer = toolbox(sandbox, "POST", "/process/execute", body);
    if (answer.status() != 200) {
      throw new AssertionError(answer.status() + " " + answer.text());
    }
    return answer.json();
  }

  void awaitState(String sandbox, String state) throws IOException {
    await(
        () -> {
          Answer answer = call("GET", "/sandbox/" + sandbox);
          String now = answer.status() == 404 ? "gone" : answer.json().path("state").asText();
          return now.equals(state);
        });
  }

  /** Asks again and again until it is so. */
  static void await(Condition condition) throws IOException {
    long start = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new AssertionError("It did not become so in " + PATIENCE.toSeconds() + " seconds.");
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** What a test waits for. */
  interface Condition {
    boolean holds() throws IOException;
  }

  /** An answer. */
  record Answer(HttpResponse<byte[]> response) {
    int status() {
      return response.statusCode();
    }

    String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    JsonNode json() {
      try {
        return JSON.readTree(text());
      } catch (JsonProcessingException e) {
        throw new AssertionError("Not JSON: " + text(), e);
      }
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }
  }
}
