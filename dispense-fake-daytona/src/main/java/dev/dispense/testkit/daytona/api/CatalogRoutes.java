package dev.dispense.testkit.daytona.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.Keys;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** What sandboxes can be made of: snapshots, regions and volumes. No volume can be made. */
final class CatalogRoutes {
  private static final int PAGE = 100;

  private final Cloud cloud;
  private final String started = Json.time(Instant.now());

  CatalogRoutes(Cloud cloud) {
    this.cloud = cloud;
  }

  void addTo(MainApi api) {
    api.on("GET", "snapshots", "", this::snapshots);
    api.on("GET", "snapshots/{id}", "", this::snapshot);
    api.on("POST", "snapshots", "write:snapshots", this::createSnapshot);
    api.on("GET", "regions", "", this::regions);
    api.on(
        "GET", "volumes", "read:volumes", (call, caller, names) -> call.answer(200, Json.array()));
    api.on("POST", "volumes", "write:volumes", this::noObjectStorage);
    api.on("GET", "volumes/by-name/{name}", "read:volumes", this::noVolumeNamed);
    api.on("GET", "volumes/{id}", "read:volumes", this::noVolume);
    api.on("DELETE", "volumes/{id}", "delete:volumes", this::noVolume);
    api.on("GET", "object-storage/push-access", "", this::noObjectStorage);
  }

  private void snapshots(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    int limit = number(call, "limit", PAGE);
    int page = number(call, "page", 1);
    String wanted = call.parameter("name").orElse("");
    List<String> found =
        new TreeSet<>(cloud.settings().snapshots().keySet())
            .stream().filter(name -> name.contains(wanted)).toList();
    ObjectNode node = Json.object();
    ArrayNode items = node.putArray("items");
    found.stream()
        .skip((long) limit * (page - 1))
        .limit(limit)
        .forEach(name -> items.add(describe(name, caller)));
    node.put("total", found.size());
    node.put("page", page);
    node.put("totalPages", (found.size() + limit - 1) / limit);
    call.answer(200, node);
  }

  private void snapshot(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    String wanted = names.getOrDefault("id", "");
    String name =
        cloud.settings().snapshots().keySet().stream()
            .filter(known -> known.equals(wanted) || id(known).equals(wanted))
            .findFirst()
            .orElseThrow(
                () -> ApiError.notFound("Snapshot with ID or name " + wanted + " not found"));
    call.answer(200, describe(name, caller));
  }

  private void createSnapshot(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    String image = call.object().path("imageName").asText();
    if (image.endsWith(":latest")) {
      throw ApiError.badRequest("Images with tag \":latest\" are not allowed");
    }
    throw ApiError.badRequest("The fake Daytona has only the snapshots that it was started with");
  }

  private ObjectNode describe(String name, Keys.Caller caller) {
    ObjectNode node = Json.object();
    node.put("id", id(name));
    node.put("organizationId", caller.organization());
    node.put("general", true);
    node.put("name", name);
    node.put("imageName", name);
    node.put("state", "active");
    node.put("size", 0.2);
    node.putNull("entrypoint");
    node.put("cpu", 1);
    node.put("gpu", 0);
    node.put("mem", 1);
    node.put("disk", 3);
    node.putNull("errorReason");
    node.put("createdAt", started);
    node.put("updatedAt", started);
    node.put("lastUsedAt", started);
    node.putArray("regionIds").add(SandboxCreation.REGION);
    node.put("initialRunnerId", id("runner"));
    node.put("ref", name + ":daytona");
    node.put("sandboxClass", "container");
    return node;
  }

  private static String id(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private void regions(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    ObjectNode region = Json.object();
    region.put("id", SandboxCreation.REGION);
    region.put("name", SandboxCreation.REGION);
    region.putNull("organizationId");
    region.put("regionType", "shared");
    region.put("createdAt", started);
    region.put("updatedAt", started);
    region.putNull("proxyUrl");
    region.putNull("sshGatewayUrl");
    region.putNull("snapshotManagerUrl");
    call.answer(200, Json.array().add(region));
  }

  private void noObjectStorage(Call call, Keys.Caller caller, Map<String, String> names) {
    throw new ApiError(503, "Object storage is not configured");
  }

  private void noVolumeNamed(Call call, Keys.Caller caller, Map<String, String> names) {
    throw ApiError.notFound("Volume with name " + names.get("name") + " not found");
  }

  private void noVolume(Call call, Keys.Caller caller, Map<String, String> names) {
    throw ApiError.notFound("Volume with ID " + names.get("id") + " not found");
  }

  private static int number(Call call, String name, int other) {
    String text = call.parameter(name).orElse(Integer.toString(other));
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw ApiError.badRequest(name + " must not be less than 1");
    }
    return Integer.parseInt(text);
  }
}
