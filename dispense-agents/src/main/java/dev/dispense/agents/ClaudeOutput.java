package dev.dispense.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dispense.TaskEvent;
import dev.dispense.spi.Agent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Parses the lines of {@code --output-format stream-json}. The members of a line come in any order,
 * and new kinds of lines appear with new versions.
 */
final class ClaudeOutput implements Agent.Parser {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Kinds that repeat what other lines say, or that only a program that steers the agent needs. */
  private static final Set<String> WITHOUT_EVENT =
      Set.of(
          "control_request",
          "control_response",
          "control_cancel_request",
          "keep_alive",
          "rate_limit_event",
          "stream_event",
          "system/background_tasks_changed",
          "system/compact_boundary",
          "system/permission_denied",
          "system/status",
          "system/task_notification",
          "system/task_started",
          "system/task_updated",
          "system/ui_invalidate");

  private final ClaudeResults results = new ClaudeResults();

  @Override
  public List<TaskEvent> parse(String line) {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return List.of(new TaskEvent.Raw(line));
    }
    return switch (kind(node)) {
      case "assistant" -> said(node.path("message").path("content"), line);
      case "user" -> returned(node.path("message").path("content"), line);
      case "system/init" -> {
        results.agentVersion(node.path("claude_code_version").asText());
        yield List.of(started(node));
      }
      case "system/api_retry" -> List.of(retried(node));
      case "result" -> List.of(results.next(node));
      default -> WITHOUT_EVENT.contains(kind(node)) ? List.of() : List.of(new TaskEvent.Raw(line));
    };
  }

  private static String kind(JsonNode node) {
    String type = node.path("type").asText();
    return type.equals("system") ? type + "/" + node.path("subtype").asText() : type;
  }

  private static TaskEvent started(JsonNode node) {
    return new TaskEvent.SessionStarted(
        node.path("session_id").asText(),
        node.path("model").asText(),
        Optional.of(node.path("claude_code_version").asText()).filter(text -> !text.isEmpty()));
  }

  private static TaskEvent retried(JsonNode node) {
    int status = node.path("error_status").asInt();
    return new TaskEvent.Retry(
        node.path("attempt").asInt(),
        node.path("max_retries").asInt(),
        millis(node.path("retry_delay_ms")),
        status == 0 ? OptionalInt.empty() : OptionalInt.of(status),
        node.path("error").asText());
  }

  private static List<TaskEvent> said(JsonNode content, String line) {
    if (!content.isArray()) {
      return List.of(new TaskEvent.Raw(line));
    }
    List<TaskEvent> events = new ArrayList<>();
    for (JsonNode block : content) {
      switch (block.path("type").asText()) {
        case "text" -> events.add(new TaskEvent.Message(block.path("text").asText()));
        case "tool_use", "server_tool_use" ->
            events.add(
                new TaskEvent.ToolUse(
                    block.path("id").asText(),
                    block.path("name").asText(),
                    block.path("input").toString()));
        default -> {
          // Thoughts, and what the model's own tools return.
        }
      }
    }
    return events;
  }

  private static List<TaskEvent> returned(JsonNode content, String line) {
    if (content.isTextual()) {
      return List.of(); // The prompt, played back.
    }
    if (!content.isArray()) {
      return List.of(new TaskEvent.Raw(line));
    }
    List<TaskEvent> events = new ArrayList<>();
    for (JsonNode block : content) {
      if (block.path("type").asText().equals("tool_result")) {
        events.add(
            new TaskEvent.ToolResult(
                block.path("tool_use_id").asText(),
                !block.path("is_error").asBoolean(),
                text(block.path("content"))));
      }
    }
    return events;
  }

  private static String text(JsonNode content) {
    if (!content.isArray()) {
      return content.asText("");
    }
    return StreamSupport.stream(content.spliterator(), false)
        .map(
            block ->
                block.path("text").isTextual()
                    ? block.path("text").asText()
                    : "[" + block.path("type").asText() + "]")
        .collect(Collectors.joining("\n"));
  }

  /** Returns a time in milliseconds, with or without a fraction; what makes no sense is 0. */
  static Duration millis(JsonNode node) {
    double millis = node.asDouble();
    return millis > 0 && millis < Integer.MAX_VALUE
        ? Duration.ofMillis(Math.round(millis))
        : Duration.ZERO;
  }
}
