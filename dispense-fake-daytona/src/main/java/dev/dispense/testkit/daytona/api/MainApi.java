package dev.dispense.testkit.daytona.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.Keys;
import dev.dispense.testkit.daytona.cloud.RateLimits;
import dev.dispense.testkit.daytona.cloud.Settings;
import dev.dispense.testkit.daytona.cloud.Throttle;
import dev.dispense.testkit.daytona.http.Address;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import dev.dispense.testkit.daytona.http.Routes;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The main API: who calls, how often, and what answers. */
public final class MainApi {
  private final Cloud cloud;
  private final Routes<Endpoint> routes = new Routes<>();

  public MainApi(Cloud cloud) {
    this.cloud = cloud;
    new SandboxRoutes(cloud).addTo(this);
    new SandboxSettingsRoutes(cloud).addTo(this);
    new AccessRoutes(cloud).addTo(this);
    new CatalogRoutes(cloud).addTo(this);
    on("GET", "api-keys/current", "", (call, caller, names) -> currentKey(call, caller));
    on("GET", "organizations", "", (call, caller, names) -> organizations(call, caller));
  }

  /**
   * Adds an endpoint.
   *
   * @param permission what the key must be allowed; empty for nothing
   */
  void on(String method, String path, String permission, Handler handler) {
    String throttler = Throttle.AUTHENTICATED;
    if (path.equals("sandbox") && method.equals("POST")) {
      throttler = Throttle.CREATE;
    } else if (path.matches("sandbox/\\{id}(/(start|stop|archive|recover))?")
        && !method.equals("GET")) {
      throttler = Throttle.LIFECYCLE;
    }
    routes.on(method, path, new Endpoint(permission, throttler, handler));
  }

  /** Answers a call, or refuses it as a test has asked for. */
  public void handle(Call call, Optional<ApiError> refusal)
      throws IOException, InterruptedException {
    try {
      call.json();
    } catch (JsonProcessingException e) {
      ObjectNode error = Json.object();
      error.put("message", "Invalid JSON in request body");
      error.put("error", "Bad Request");
      error.put("statusCode", 400);
      call.answer(400, error);
      return;
    }
    call.answerHeader("X-Daytona-Api-Version", "v0.190.0");
    try {
      if (refusal.isPresent()) {
        throw refusal.get();
      }
      dispatch(call, call.segments().subList(1, call.segments().size()));
    } catch (ApiError e) {
      call.answer(e.status(), error(call, e));
    }
  }

  private void dispatch(Call call, List<String> path) throws IOException, InterruptedException {
    if (path.equals(List.of("config"))) {
      call.answer(200, configuration());
      return;
    }
    if (cloud.faults().inMaintenance()) {
      throw new ApiError(503, "Service is under maintenance. Please try again later.");
    }
    Routes.Found<Endpoint> found =
        routes
            .find(call.method(), path)
            .orElseThrow(() -> ApiError.notFound("Cannot " + call.method() + " " + call.target()));
    Keys.Caller caller = cloud.keys().authenticate(call);
    boolean ofUser = path.equals(List.of("organizations"));
    if (ofUser && !caller.user()) {
      throw new ApiError(401, "Invalid credentials");
    }
    Endpoint endpoint = found.handler();
    cloud.throttle().count(call, caller.organization(), endpoint.throttler());
    if (!ofUser) {
      caller.require(endpoint.permission());
    }
    endpoint.handler().handle(call, caller, found.names());
  }

  private static ObjectNode error(Call call, ApiError error) {
    ObjectNode node = Json.object();
    node.put("path", call.target());
    node.put("timestamp", Json.time(Instant.now()));
    node.put("statusCode", error.status());
    node.put("error", ApiError.reason(error.status()));
    node.put("message", error.message());
    return node;
  }

  private void currentKey(Call call, Keys.Caller caller) throws IOException {
    call.answer(200, cloud.keys().describe(caller));
  }

  private static void organizations(Call call, Keys.Caller caller) throws IOException {
    ArrayNode all = Json.array();
    all.addObject().put("id", caller.organization()).put("name", "Fake").put("personal", true);
    call.answer(200, all);
  }

  private JsonNode configuration() {
    Address address = cloud.address();
    ObjectNode node = Json.object();
    node.put("version", "v0.190.0");
    ObjectNode oidc = node.putObject("oidc");
    oidc.put("issuer", address.proxy() + "/dex");
    oidc.put("clientId", "daytona");
    oidc.put("audience", "daytona");
    node.put("linkedAccountsEnabled", false);
    node.putObject("announcements");
    node.put("proxyTemplateUrl", address.preview("{{PORT}}", "{{sandboxId}}"));
    node.put("proxyToolboxUrl", address.toolbox());
    node.put("defaultSnapshot", Settings.DEFAULT_SNAPSHOT);
    node.put("dashboardUrl", address.proxy() + "/dashboard");
    node.put("maxAutoArchiveInterval", 43200);
    node.put("maintananceMode", cloud.faults().inMaintenance());
    node.put("environment", "fake");
    node.put("sshGatewayCommand", address.sshCommand("{{TOKEN}}"));
    node.put("sshGatewayPublicKey", "x");
    ObjectNode limits = node.putObject("rateLimit");
    RateLimits allowed = cloud.settings().limits();
    limits.putObject("authenticated").put("ttl", 60).put("limit", allowed.authenticated());
    limits.putObject("sandboxCreate").put("ttl", 60).put("limit", allowed.create());
    limits.putObject("sandboxLifecycle").put("ttl", 60).put("limit", allowed.lifecycle());
    return node;
  }

  /** Answers a call of the main API. */
  interface Handler {
    void handle(Call call, Keys.Caller caller, Map<String, String> names)
        throws IOException, InterruptedException;
  }

  private record Endpoint(String permission, String throttler, Handler handler) {}
}
