package dev.dispense.testkit.daytona.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.CloudSandbox;
import dev.dispense.testkit.daytona.cloud.Keys;
import dev.dispense.testkit.daytona.cloud.State;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.util.Map;

/** Making, finding, starting, stopping and deleting sandboxes. */
final class SandboxRoutes {
  private static final String WRITE = "write:sandboxes";

  private final Cloud cloud;
  private final SandboxCreation creation;
  private final SandboxList list;

  SandboxRoutes(Cloud cloud) {
    this.cloud = cloud;
    this.creation = new SandboxCreation(cloud);
    this.list = new SandboxList(cloud);
  }

  void addTo(MainApi api) {
    api.on("POST", "sandbox", WRITE, this::create);
    api.on("GET", "sandbox", "", (call, caller, names) -> list.answer(call, caller));
    api.on("GET", "sandbox/{id}", "", this::get);
    api.on("DELETE", "sandbox/{id}", "delete:sandboxes", this::delete);
    api.on("POST", "sandbox/{id}/start", WRITE, this::start);
    api.on("POST", "sandbox/{id}/stop", WRITE, this::stop);
    api.on("POST", "sandbox/{id}/archive", WRITE, this::archive);
    api.on("POST", "sandbox/{id}/recover", WRITE, this::recover);
    api.on("GET", "sandbox/{id}/build-logs-url", "", this::buildLogs);
    api.on("GET", "sandbox/{id}/toolbox-proxy-url", "", this::toolbox);
  }

  /** Returns the sandbox that the path names. */
  static CloudSandbox find(Cloud cloud, Keys.Caller caller, Map<String, String> names) {
    String idOrName = names.getOrDefault("id", "");
    return cloud
        .find(caller.organization(), idOrName)
        .orElseThrow(() -> ApiError.notFound("Sandbox with ID or name " + idOrName + " not found"));
  }

  private void create(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException, InterruptedException {
    CloudSandbox sandbox = creation.create(caller.organization(), call.object());
    State first = sandbox.state();
    cloud.lifecycle().create(sandbox);
    // The service answers with what it wrote down first, though it has waited meanwhile.
    call.answer(200, sandbox.created(first));
  }

  private void get(Call call, Keys.Caller caller, Map<String, String> names) throws IOException {
    call.answer(200, find(cloud, caller, names).full());
  }

  private void delete(Call call, Keys.Caller caller, Map<String, String> names) throws IOException {
    CloudSandbox sandbox = find(cloud, caller, names);
    cloud.lifecycle().delete(sandbox);
    call.answer(200, sandbox.changed());
  }

  private void start(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException, InterruptedException {
    CloudSandbox sandbox = find(cloud, caller, names);
    cloud.lifecycle().start(sandbox);
    call.answer(200, sandbox.full());
  }

  private void stop(Call call, Keys.Caller caller, Map<String, String> names) throws IOException {
    CloudSandbox sandbox = find(cloud, caller, names);
    cloud.lifecycle().stop(sandbox);
    call.answer(200, sandbox.changed());
  }

  private void archive(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    CloudSandbox sandbox = find(cloud, caller, names);
    cloud.lifecycle().archive(sandbox);
    call.answer(200, sandbox.changed());
  }

  private void recover(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException, InterruptedException {
    CloudSandbox sandbox = find(cloud, caller, names);
    boolean skipStart = call.parameter("skipStart").orElse("").equals("true");
    cloud.lifecycle().recover(sandbox, skipStart);
    call.answer(200, sandbox.full());
  }

  private void buildLogs(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    CloudSandbox sandbox = find(cloud, caller, names);
    if (sandbox.field("buildInfo").isMissingNode()) {
      throw ApiError.notFound("Sandbox with ID or name " + sandbox.name() + " has no build info");
    }
    ObjectNode node = Json.object();
    node.put("url", cloud.address().proxy() + "/sandboxes/" + sandbox.id() + "/build-logs");
    call.answer(200, node);
  }

  private void toolbox(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    find(cloud, caller, names);
    call.answer(200, Json.object().put("url", cloud.address().toolbox()));
  }
}
