package dev.dispense.testkit.daytona.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.CloudSandbox;
import dev.dispense.testkit.daytona.cloud.Keys;
import dev.dispense.testkit.daytona.cloud.State;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The list of sandboxes: filters, order, and pages that go on behind a cursor. */
final class SandboxList {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST = 200;

  private final Cloud cloud;

  SandboxList(Cloud cloud) {
    this.cloud = cloud;
  }

  void answer(Call call, Keys.Caller caller) throws IOException {
    int limit = limit(call);
    String sort = call.parameter("sort").orElse("createdAt");
    boolean ascending = call.parameter("order").orElse("desc").equals("asc");
    Comparator<ObjectNode> order =
        Comparator.comparing((ObjectNode item) -> item.path(sort).asText())
            .thenComparing(item -> item.path("id").asText());
    Comparator<ObjectNode> direction = ascending ? order : order.reversed();
    Predicate<ObjectNode> filter = filter(call);
    ObjectNode after = cursor(call, sort);
    List<ObjectNode> found =
        cloud.all().stream()
            .filter(sandbox -> sandbox.organization().equals(caller.organization()))
            .filter(sandbox -> !sandbox.gone())
            .map(CloudSandbox::listed)
            .filter(filter)
            .filter(item -> after.isEmpty() || direction.compare(after, item) < 0)
            .sorted(direction)
            .limit(limit + 1L)
            .toList();
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    found.stream().limit(limit).forEach(items::add);
    if (found.size() > limit) {
      page.put("nextCursor", cursor(found.get(limit - 1), sort));
    } else {
      page.putNull("nextCursor");
    }
    call.answer(200, page);
  }

  private static int limit(Call call) {
    String text = call.parameter("limit").orElse(Integer.toString(DEFAULT_LIMIT));
    if (!text.matches("-?\\d{1,9}")) {
      throw ApiError.badRequest("limit must be an integer number");
    }
    int limit = Integer.parseInt(text);
    if (limit < 1) {
      throw ApiError.badRequest("limit must not be less than 1");
    }
    if (limit > MOST) {
      throw ApiError.badRequest("limit must not be greater than " + MOST);
    }
    return limit;
  }

  private static Predicate<ObjectNode> filter(Call call) {
    String prefix = call.parameter("name").orElse("").toLowerCase(Locale.ROOT);
    JsonNode labels = labels(call);
    List<String> states = call.parameters("states");
    if (!states.stream().allMatch(state -> State.listed(state).isPresent())) {
      throw ApiError.badRequest(
          "each value must be one of the following values: " + State.listedNames());
    }
    return item ->
        item.path("name").asText().toLowerCase(Locale.ROOT).startsWith(prefix)
            && labels.properties().stream()
                .allMatch(label -> label.getValue().equals(item.path("labels").get(label.getKey())))
            && (states.isEmpty() || states.contains(item.path("state").asText()))
            && equal(call, "id", item.path("id"))
            && equal(call, "snapshots", item.path("snapshot"))
            && equal(call, "regionIds", item.path("target"))
            && equal(call, "sandboxClasses", item.path("sandboxClass"))
            && equal(call, "isPublic", item.path("public"))
            && equal(call, "isRecoverable", item.path("recoverable"));
  }

  private static boolean equal(Call call, String parameter, JsonNode value) {
    List<String> wanted = call.parameters(parameter);
    return wanted.isEmpty() || wanted.contains(value.asText());
  }

  private static JsonNode labels(Call call) {
    try {
      JsonNode labels = Json.parse(call.parameter("labels").orElse("{}"));
      if (labels.isObject()) {
        return labels;
      }
    } catch (JsonProcessingException e) {
      // Said below, in the service's words.
    }
    throw ApiError.badRequest("Invalid labels JSON format");
  }

  private static ObjectNode cursor(Call call, String sort) {
    String cursor = call.parameter("cursor").orElse("");
    if (cursor.isEmpty()) {
      return Json.object();
    }
    try {
      JsonNode read = Json.parse(Base64.getDecoder().decode(cursor));
      if (read.hasNonNull("id") && read.hasNonNull("sortValue")) {
        ObjectNode item = Json.object();
        item.set("id", read.get("id"));
        item.set(sort, read.get("sortValue"));
        return item;
      }
    } catch (IOException | IllegalArgumentException e) {
      // Said below, in the service's words.
    }
    throw ApiError.badRequest("Invalid cursor provided: " + cursor);
  }

  private static String cursor(ObjectNode last, String sort) {
    ObjectNode cursor = Json.object();
    cursor.set("sortValue", last.get(sort));
    cursor.set("id", last.get("id"));
    return Base64.getEncoder().encodeToString(cursor.toString().getBytes(StandardCharsets.UTF_8));
  }
}
