package dev.dispense.testkit.daytona.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.CloudSandbox;
import dev.dispense.testkit.daytona.cloud.Settings;
import dev.dispense.testkit.daytona.cloud.State;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks what a sandbox is asked to be, in the order in which the service does, and makes it. */
final class SandboxCreation {
  static final String REGION = "us";

  private static final Pattern HTML_OR_URL = Pattern.compile("<[^>]*>|https?://|\\p{Cntrl}");
  private static final Pattern FROM = Pattern.compile("\\s*FROM\\s+(\\S+)\\s*");

  private final Cloud cloud;
  private final String runner = UUID.randomUUID().toString();

  SandboxCreation(Cloud cloud) {
    this.cloud = cloud;
  }

  CloudSandbox create(String organization, ObjectNode request) {
    checkTypes(request);
    boolean build = request.hasNonNull("buildInfo");
    if (build && request.hasNonNull("snapshot")) {
      throw ApiError.badRequest("Cannot specify a snapshot when using a build info entry");
    }
    if (!build && List.of("cpu", "gpu", "memory", "disk").stream().anyMatch(request::hasNonNull)) {
      throw ApiError.badRequest("Cannot specify Sandbox resources when using a snapshot");
    }
    if (!request.path("target").asText(REGION).equals(REGION)) {
      throw ApiError.notFound("Region not found");
    }
    ObjectNode data = build ? Json.object() : snapshot(request);
    String image = build ? image(request) : image(data.path("snapshot").asText());
    check(request);
    refuseTakenName(organization, request.path("name").asText());
    fill(data, request);
    if (build) {
      data.set("buildInfo", buildInfo(request));
    }
    State first = build ? State.PENDING_BUILD : State.CREATING;
    return new CloudSandbox(organization, image, data, first, cloud);
  }

  private static void checkTypes(ObjectNode request) {
    List<String> wrong = new ArrayList<>();
    string(request, "name", wrong);
    if (HTML_OR_URL.matcher(request.path("name").asText()).find()) {
      wrong.add("name must not contain HTML tags, URLs, or control characters");
    }
    string(request, "snapshot", wrong);
    string(request, "user", wrong);
    of(request, "env", JsonNode::isObject, "must be an object", wrong);
    of(request, "labels", JsonNode::isObject, "must be an object", wrong);
    of(request, "public", JsonNode::isBoolean, "must be a boolean value", wrong);
    of(request, "networkBlockAll", JsonNode::isBoolean, "must be a boolean value", wrong);
    string(request, "networkAllowList", wrong);
    string(request, "target", wrong);
    for (String resource : List.of("cpu", "gpu", "memory", "disk")) {
      of(request, resource, node -> node.asInt(-1) >= 0, "must not be less than 0", wrong);
      number(request, resource, wrong);
    }
    number(request, "autoStopInterval", wrong);
    number(request, "autoArchiveInterval", wrong);
    number(request, "autoDeleteInterval", wrong);
    of(request, "volumes", JsonNode::isArray, "must be an array", wrong);
    if (!wrong.isEmpty()) {
      throw ApiError.badRequest(String.join(", ", wrong));
    }
  }

  private static void string(ObjectNode request, String name, List<String> wrong) {
    of(request, name, JsonNode::isTextual, "must be a string", wrong);
  }

  private static void number(ObjectNode request, String name, List<String> wrong) {
    String message = "must be a number conforming to the specified constraints";
    of(request, name, JsonNode::isNumber, message, wrong);
  }

  private static void of(
      ObjectNode request,
      String name,
      java.util.function.Predicate<JsonNode> type,
      String message,
      List<String> wrong) {
    if (request.hasNonNull(name) && !type.test(request.path(name))) {
      wrong.add(name + " " + message);
    }
  }

  private static ObjectNode snapshot(ObjectNode request) {
    ObjectNode data = Json.object();
    String name = request.path("snapshot").asText("");
    data.put("snapshot", name.isEmpty() ? Settings.DEFAULT_SNAPSHOT : name);
    return data;
  }

  private String image(String snapshot) {
    return cloud
        .settings()
        .image(snapshot)
        .orElseThrow(
            () ->
                ApiError.badRequest(
                    "Snapshot "
                        + snapshot
                        + " not found. Did you add it through the Daytona Dashboard?"));
  }

  /** The image of a Dockerfile that names one and does nothing more: nothing is built here. */
  private String image(ObjectNode request) {
    Matcher from = FROM.matcher(request.path("buildInfo").path("dockerfileContent").asText());
    if (!from.matches()) {
      throw ApiError.badRequest("The fake Daytona takes only a Dockerfile with one line: FROM");
    }
    return cloud.settings().image(from.group(1)).orElse(from.group(1));
  }

  private static void check(ObjectNode request) {
    if (request.path("autoStopInterval").asInt() < 0) {
      throw ApiError.badRequest("Auto-stop interval must be non-negative");
    }
    if (request.path("autoArchiveInterval").asInt() < 0) {
      throw ApiError.badRequest("Auto-archive interval must be non-negative");
    }
    NetworkLists.check(request.path("networkAllowList").asText(""));
    for (JsonNode volume : request.path("volumes")) {
      throw ApiError.notFound("Volume '" + volume.path("volumeId").asText() + "' not found");
    }
  }

  private void refuseTakenName(String organization, String name) {
    boolean taken =
        cloud.all().stream()
            .filter(sandbox -> sandbox.organization().equals(organization))
            .anyMatch(sandbox -> sandbox.name().equals(name));
    if (taken) {
      throw ApiError.conflict("Sandbox with name " + name + " already exists");
    }
  }

  private void fill(ObjectNode data, ObjectNode request) {
    data.put("name", request.path("name").asText(""));
    data.put("target", REGION);
    data.put("user", request.path("user").asText(CloudSandbox.DEFAULT_USER));
    data.set("env", object(request, "env"));
    data.put("cpu", request.path("cpu").asInt(1));
    data.put("gpu", request.path("gpu").asInt(0));
    data.put("memory", request.path("memory").asInt(1));
    data.put("disk", request.path("disk").asInt(3));
    data.put("public", request.path("public").asBoolean());
    data.put("networkBlockAll", request.path("networkBlockAll").asBoolean());
    copy(data, request, "networkAllowList");
    copy(data, request, "domainAllowList");
    data.set("labels", object(request, "labels"));
    data.set("volumes", Json.array());
    data.put("recoverable", false);
    data.put("backupState", "None");
    data.put("autoStopInterval", request.path("autoStopInterval").asInt(15));
    data.put("autoArchiveInterval", request.path("autoArchiveInterval").asInt(10080));
    data.put("autoDeleteInterval", request.path("autoDeleteInterval").asInt(-1));
    data.put("sandboxClass", "container");
    data.put("runnerId", runner);
    data.put("toolboxProxyUrl", cloud.address().toolbox());
  }

  private static ObjectNode buildInfo(ObjectNode request) {
    ObjectNode node = Json.object();
    String content = request.path("buildInfo").path("dockerfileContent").asText();
    node.put("dockerfileContent", content);
    JsonNode hashes = request.path("buildInfo").path("contextHashes");
    node.set("contextHashes", hashes instanceof ArrayNode ? hashes : null);
    String now = Json.time(Instant.now());
    node.put("createdAt", now);
    node.put("updatedAt", now);
    node.put("snapshotRef", "daytona-" + Integer.toHexString(content.hashCode()) + ":daytona");
    return node;
  }

  private static void copy(ObjectNode data, ObjectNode request, String name) {
    if (request.hasNonNull(name)) {
      data.put(name, request.path(name).asText());
    }
  }

  private static ObjectNode object(ObjectNode request, String name) {
    return request.path(name) instanceof ObjectNode object ? object : Json.object();
  }
}
