package dev.dispense.daytona.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.dispense.PrintableText;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import okio.ByteString;

/**
 * What the server answered.
 *
 * @param headers with names in lower case
 */
public record Reply(int status, Map<String, List<String>> headers, ByteString body) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_REASON = 500;

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Returns the body, which must be JSON. */
  JsonNode json() throws IOException {
    JsonNode node = JSON.readTree(body.toByteArray());
    return node == null ? MissingNode.getInstance() : node;
  }

  /**
   * Returns why the server refused, in its own words: the main API and the proxy write {@code
   * message}, some routes of the toolbox {@code error}, and a proxy in between a page, or nothing.
   */
  public String reason() {
    JsonNode node = tolerantJson();
    JsonNode message = node.path("message");
    String text =
        message.isArray()
            ? String.join("; ", texts(message))
            : message.asText(node.path("error").asText(""));
    if (text.isBlank()) {
      text = node.path("errors").isArray() ? String.join("; ", texts(node.path("errors"))) : text;
    }
    return text.isBlank()
        ? "it answered with status " + status
        : PrintableText.printable(text, MAX_REASON).replaceFirst("[.!?]+$", "");
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private JsonNode tolerantJson() {
    try {
      return json();
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /** Returns the sentence that the main API, and most of a toolbox, refuses things with. */
  Optional<String> message() {
    return Optional.ofNullable(tolerantJson().path("message").textValue());
  }

  /** Returns whether the reason has these words in it. */
  public boolean says(String words) {
    return body.utf8().toLowerCase(Locale.ROOT).contains(words.toLowerCase(Locale.ROOT));
  }

  /**
   * Returns how long the server wants to be left alone. Which limit was hit is a suffix of the
   * header's name, such as {@code Retry-After-sandbox-create}; older servers send no other.
   */
  Optional<Duration> retryAfter() {
    return seconds("retry-after").or(() -> seconds("x-ratelimit-reset"));
  }

  private Optional<Duration> seconds(String prefix) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().startsWith(prefix))
        .flatMap(header -> header.getValue().stream())
        .filter(value -> value.strip().matches("\\d{1,6}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value.strip())))
        .max(Duration::compareTo);
  }
}
