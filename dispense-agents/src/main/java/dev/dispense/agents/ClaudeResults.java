package dev.dispense.agents;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.TaskEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Turns the {@code result} lines of one run into events. A run has more than one when a task in the
 * background wakes the agent again; each event then counts from the run's beginning.
 */
final class ClaudeResults {
  // Far beyond what a run uses; so small that sums do not overflow.
  private static final long MAX_COUNT = 1L << 40;

  // The last version to count a resumed session's cost from the run's beginning, as seen; later
  // ones
  // count it from the session's.
  private static final int[] LAST_WITH_COST_PER_RUN = {2, 1, 112};

  private String agentVersion = "";
  private double costUsd;
  private long turns;
  private Duration duration = Duration.ZERO;
  private TaskEvent.Usage usage = new TaskEvent.Usage(0, 0, 0);

  void agentVersion(String version) {
    agentVersion = version;
  }

  TaskEvent.Result next(JsonNode node) {
    turns += count(node.path("num_turns"));
    duration = duration.plus(ClaudeOutput.millis(node.path("duration_ms")));
    JsonNode used = node.path("usage");
    usage =
        new TaskEvent.Usage(
            usage.input()
                + count(used.path("input_tokens"))
                + count(used.path("cache_creation_input_tokens")),
            usage.cachedInput() + count(used.path("cache_read_input_tokens")),
            usage.output() + count(used.path("output_tokens")));
    return new TaskEvent.Result(
        // Only this member says it: the subtype is "success" for a refused key, too.
        node.path("is_error").isBoolean() && !node.path("is_error").asBoolean(),
        text(node),
        Optional.of(node.path("session_id").asText()).filter(id -> !id.isEmpty()),
        cost(node),
        OptionalInt.of((int) Math.min(turns, Integer.MAX_VALUE)),
        Optional.of(duration),
        Optional.of(usage));
  }

  /** Returns a number of turns or tokens; one that makes no sense is 0. */
  private static long count(JsonNode node) {
    long count = node.asLong();
    return count > 0 && count < MAX_COUNT ? count : 0;
  }

  private OptionalDouble cost(JsonNode node) {
    JsonNode models = node.path("model_usage_since_last_result");
    if (models.isObject()) {
      for (JsonNode model : models) {
        costUsd += model.path("costUSD").asDouble();
      }
      return finite(costUsd);
    }
    JsonNode total = node.path("total_cost_usd");
    if (total.isNumber() && (total.asDouble() == 0 || costIsPerRun())) {
      return finite(total.asDouble());
    }
    return OptionalDouble.empty();
  }

  private static OptionalDouble finite(double value) {
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  private boolean costIsPerRun() {
    String[] parts = agentVersion.split("[.-]", 4);
    for (int i = 0; i < LAST_WITH_COST_PER_RUN.length; i++) {
      if (parts.length <= i || !parts[i].matches("\\d{1,9}")) {
        return false;
      }
      int part = Integer.parseInt(parts[i]);
      if (part != LAST_WITH_COST_PER_RUN[i]) {
        return part < LAST_WITH_COST_PER_RUN[i];
      }
    }
    return true;
  }

  private static String text(JsonNode node) {
    List<String> parts = new ArrayList<>();
    if (node.path("result").isTextual()) {
      parts.add(node.path("result").asText());
    }
    String reason = node.path("terminal_reason").asText();
    if (reason.startsWith("aborted")) {
      // Its errors are notes for the program's own developers.
      parts.add("Interrupted (" + reason + ")");
    } else {
      node.path("errors").forEach(error -> parts.add(error.asText()));
    }
    String status = node.path("api_error_status").asText("");
    if (!status.isEmpty() && !status.equals("null") && !String.join(" ", parts).contains(status)) {
      parts.add("(HTTP " + status + ")");
    }
    if (parts.isEmpty() && node.path("is_error").asBoolean()) {
      parts.add(node.path("subtype").asText());
    }
    return String.join("\n", parts);
  }
}
