package dev.dispense.testkit.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A call that a {@link ModelServer} got: one request of the Messages API, with the whole
 * conversation so far. What is missing in it, or is no JSON at all, reads as empty.
 *
 * @param path the path and query, such as {@code /v1/messages?beta=true}
 * @param headers the headers by their names in lower case; of several of one name, the first
 * @param body the body as it came
 */
public record ModelRequest(String path, Map<String, String> headers, String body) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Copies the headers. */
  public ModelRequest {
    headers = Map.copyOf(headers);
  }

  /** Returns the header {@code x-api-key}. */
  public Optional<String> apiKey() {
    return Optional.ofNullable(headers.get("x-api-key"));
  }

  /** Returns what follows {@code Bearer} in the header {@code authorization}. */
  public Optional<String> bearerToken() {
    return Optional.ofNullable(headers.get("authorization"))
        .filter(value -> value.startsWith("Bearer "))
        .map(value -> value.substring("Bearer ".length()));
  }

  /** Returns the model that is asked for. */
  public String model() {
    return json().path("model").asText();
  }

  /** Returns whether the answer is to be streamed. */
  public boolean stream() {
    return json().path("stream").asBoolean();
  }

  /** Returns the names of the tools that the model may use. */
  public List<String> tools() {
    return elements(json().path("tools")).map(tool -> tool.path("name").asText()).toList();
  }

  /**
   * Returns what the person asked for last: the newest text of the user that is neither the result
   * of a tool nor a reminder that the agent put in.
   */
  public String prompt() {
    return conversation().prompt;
  }

  /**
   * Returns what the tools returned since the {@linkplain #prompt() prompt}, in order: how far the
   * agent is with it.
   */
  public List<String> toolResults() {
    return conversation().toolResults;
  }

  private record Conversation(String prompt, List<String> toolResults) {}

  private Conversation conversation() {
    String prompt = "";
    List<String> toolResults = new ArrayList<>();
    for (JsonNode message : json().path("messages")) {
      if (!message.path("role").asText().equals("user")) {
        continue;
      }
      List<String> results =
          elements(message.path("content"))
              .filter(block -> block.path("type").asText().equals("tool_result"))
              .map(block -> text(block.path("content")))
              .toList();
      if (!results.isEmpty()) {
        toolResults.addAll(results);
        continue;
      }
      String asked = asked(message.path("content"));
      if (!asked.isEmpty()) {
        prompt = asked;
        toolResults.clear();
      }
    }
    return new Conversation(prompt, List.copyOf(toolResults));
  }

  private static String asked(JsonNode content) {
    if (content.isTextual()) {
      return content.asText();
    }
    return elements(content)
        .map(block -> block.path("text").asText())
        .filter(text -> !text.isBlank() && !text.startsWith("<system-reminder>"))
        .collect(Collectors.joining("\n"));
  }

  private static String text(JsonNode content) {
    if (content.isTextual()) {
      return content.asText();
    }
    return elements(content)
        .map(block -> block.path("text").asText())
        .collect(Collectors.joining("\n"));
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}
