package dev.dispense.testkit.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.model.ModelReply.Block;
import dev.dispense.testkit.model.ModelReply.Text;
import dev.dispense.testkit.model.ModelReply.ToolUse;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes replies as the Messages API does, whole or as server-sent events (Anthropic API reference,
 * "Create a message" and "Streaming messages", version 2023-06-01).
 */
final class ModelMessages {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int PIECE = 16;

  private final String id;
  private final String model;
  private final ModelReply reply;

  /**
   * @param number makes the ids in the reply unique
   */
  ModelMessages(long number, String model, ModelReply reply) {
    this.id = String.format("%06d", number);
    this.model = model;
    this.reply = reply;
  }

  static String error(int status, String message) {
    ObjectNode error = JSON.createObjectNode().put("type", "error");
    error.putObject("error").put("type", errorType(status)).put("message", message);
    return error.toString();
  }

  private static String errorType(int status) {
    return switch (status) {
      case 400 -> "invalid_request_error";
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 529 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }

  /** Returns the whole message, for a call without streaming. */
  String whole() {
    ObjectNode message = message();
    ArrayNode content = message.putArray("content");
    for (int i = 0; i < reply.blocks().size(); i++) {
      Block block = reply.blocks().get(i);
      if (block instanceof Text text) {
        content.addObject().put("type", "text").put("text", text.text());
      } else if (block instanceof ToolUse use) {
        content.add(toolUse(use, i).set("input", JSON.valueToTree(use.input())));
      }
    }
    message.put("stop_reason", stopReason());
    message.set("usage", usage(outputTokens()));
    return message.toString();
  }

  /** Returns the events of the message, each with its empty line. */
  List<String> events() {
    List<String> events = new ArrayList<>();
    ObjectNode start = event("message_start");
    ObjectNode message = message().put("stop_reason", (String) null);
    message.putArray("content");
    message.set("usage", usage(1));
    start.set("message", message);
    events.add(written(start));
    for (int i = 0; i < reply.blocks().size(); i++) {
      addBlock(events, reply.blocks().get(i), i);
    }
    ObjectNode delta = event("message_delta");
    delta.putObject("delta").put("stop_reason", stopReason()).put("stop_sequence", (String) null);
    delta.putObject("usage").put("output_tokens", outputTokens());
    events.add(written(delta));
    events.add(written(event("message_stop")));
    return events;
  }

  private void addBlock(List<String> events, Block block, int index) {
    ObjectNode start = event("content_block_start").put("index", index);
    List<ObjectNode> deltas = new ArrayList<>();
    if (block instanceof Text text) {
      start.putObject("content_block").put("type", "text").put("text", "");
      for (String piece : pieces(text.text())) {
        deltas.add(JSON.createObjectNode().put("type", "text_delta").put("text", piece));
      }
    } else if (block instanceof ToolUse use) {
      start.set("content_block", toolUse(use, index).set("input", JSON.createObjectNode()));
      for (String piece : pieces(json(use.input()))) {
        deltas.add(
            JSON.createObjectNode().put("type", "input_json_delta").put("partial_json", piece));
      }
    }
    events.add(written(start));
    for (ObjectNode delta : deltas) {
      events.add(written(event("content_block_delta").put("index", index).set("delta", delta)));
    }
    events.add(written(event("content_block_stop").put("index", index)));
  }

  private List<String> pieces(String text) {
    if (reply.pause().isZero()) {
      return List.of(text);
    }
    List<String> pieces = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      // Whole code points, as half of one is no valid UTF-8.
      int to =
          text.offsetByCodePoints(from, Math.min(PIECE, text.codePointCount(from, text.length())));
      pieces.add(text.substring(from, to));
      from = to;
    }
    return pieces;
  }

  private ObjectNode message() {
    return JSON.createObjectNode()
        .put("id", "msg_" + id)
        .put("type", "message")
        .put("role", "assistant")
        .put("model", model)
        .put("stop_sequence", (String) null);
  }

  private ObjectNode toolUse(ToolUse use, int index) {
    return JSON.createObjectNode()
        .put("type", "tool_use")
        .put("id", "toolu_" + id + "_" + index)
        .put("name", use.tool());
  }

  private String stopReason() {
    return reply.blocks().stream().anyMatch(ToolUse.class::isInstance) ? "tool_use" : "end_turn";
  }

  private long outputTokens() {
    return 10L * reply.blocks().size();
  }

  private static ObjectNode usage(long output) {
    return JSON.createObjectNode()
        .put("input_tokens", 100)
        .put("cache_creation_input_tokens", 0)
        .put("cache_read_input_tokens", 0)
        .put("output_tokens", output);
  }

  private static ObjectNode event(String type) {
    return JSON.createObjectNode().put("type", type);
  }

  private static String written(ObjectNode event) {
    return "event: " + event.path("type").asText() + "\ndata: " + event + "\n\n";
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A tool's input must be what JSON can say.", e);
    }
  }
}
