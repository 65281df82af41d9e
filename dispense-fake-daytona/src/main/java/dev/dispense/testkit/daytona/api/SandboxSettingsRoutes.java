package dev.dispense.testkit.daytona.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.CloudSandbox;
import dev.dispense.testkit.daytona.cloud.Keys;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Changing what a sandbox is told to be: labels, timers, network, and who sees its previews. */
final class SandboxSettingsRoutes {
  private static final String WRITE = "write:sandboxes";
  private static final List<String> NETWORK =
      List.of("networkBlockAll", "networkAllowList", "domainAllowList");

  private final Cloud cloud;

  SandboxSettingsRoutes(Cloud cloud) {
    this.cloud = cloud;
  }

  void addTo(MainApi api) {
    api.on("PUT", "sandbox/{id}/labels", WRITE, this::labels);
    api.on("POST", "sandbox/{id}/autostop/{minutes}", WRITE, timer("autoStopInterval", 0));
    api.on("POST", "sandbox/{id}/autoarchive/{minutes}", WRITE, timer("autoArchiveInterval", 0));
    api.on("POST", "sandbox/{id}/autodelete/{minutes}", WRITE, timer("autoDeleteInterval", -1));
    api.on("POST", "sandbox/{id}/public/{public}", WRITE, this::makePublic);
    api.on("POST", "sandbox/{id}/network-settings", WRITE, this::network);
    api.on("POST", "sandbox/{id}/last-activity", WRITE, this::activity);
  }

  private void labels(Call call, Keys.Caller caller, Map<String, String> names) throws IOException {
    CloudSandbox sandbox = SandboxRoutes.find(cloud, caller, names);
    if (!(call.object().path("labels") instanceof ObjectNode labels)) {
      throw ApiError.badRequest("labels must be an object");
    }
    sandbox.set("labels", labels);
    call.answer(200, sandbox.full());
  }

  private MainApi.Handler timer(String field, int least) {
    return (call, caller, names) -> {
      CloudSandbox sandbox = SandboxRoutes.find(cloud, caller, names);
      String minutes = names.getOrDefault("minutes", "");
      if (!minutes.matches("-?\\d{1,9}")) {
        throw ApiError.badRequest("Validation failed (numeric string is expected)");
      }
      int value = Integer.parseInt(minutes);
      if (value < least && least == 0) {
        String name = field.equals("autoStopInterval") ? "Auto-stop" : "Auto-archive";
        throw ApiError.badRequest(name + " interval must be non-negative");
      }
      sandbox.set(field, IntNode.valueOf(value));
      call.answer(201, sandbox.full());
    };
  }

  private void makePublic(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    CloudSandbox sandbox = SandboxRoutes.find(cloud, caller, names);
    sandbox.set("public", BooleanNode.valueOf("true".equals(names.get("public"))));
    call.answer(201, sandbox.full());
  }

  private void network(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    CloudSandbox sandbox = SandboxRoutes.find(cloud, caller, names);
    ObjectNode request = call.object();
    if (NETWORK.stream().noneMatch(request::hasNonNull)) {
      throw ApiError.badRequest("At least one network setting must be provided");
    }
    NetworkLists.check(request.path("networkAllowList").asText(""));
    for (String field : NETWORK) {
      JsonNode value = request.get(field);
      if (value != null) {
        sandbox.set(field, value);
      }
    }
    call.answer(200, sandbox.full());
  }

  private void activity(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    SandboxRoutes.find(cloud, caller, names).touch();
    call.answer(201);
  }
}
