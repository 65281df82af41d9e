package dev.dispense.testkit.daytona;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.testkit.daytona.http.Call;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was asked of the server, and what of it the published API does not have. */
final class RequestLog {
  private final WireTable table = WireTable.load();
  private final List<DaytonaRequest> requests = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();

  /** Notes a request. */
  void add(Call call, String shown) {
    List<String> found = shown.startsWith("/") ? table.violations(call, json(call)) : List.of();
    synchronized (this) {
      requests.add(
          new DaytonaRequest(call.upgrade() ? "WEBSOCKET" : call.method(), shown, call.headers()));
      violations.addAll(found);
    }
  }

  synchronized List<DaytonaRequest> requests() {
    return List.copyOf(requests);
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  private static @Nullable JsonNode json(Call call) {
    try {
      return call.json().orElse(null);
    } catch (IOException e) {
      return null;
    }
  }
}
