package dev.dispense.testkit.daytona.toolbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.CloudSandbox;
import dev.dispense.testkit.daytona.cloud.Keys;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.cloud.State;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import dev.dispense.testkit.daytona.http.Routes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The toolbox of each sandbox, behind the proxy that checks who may use it. */
public final class ToolboxApi {
  public static final String KEY_PARAMETER = "DAYTONA_SANDBOX_AUTH_KEY";
  public static final String TOKEN_HEADER = "X-Daytona-Preview-Token";

  private static final Logger LOG = LoggerFactory.getLogger(ToolboxApi.class);
  private static final String SKIP_ACTIVITY = "X-Daytona-Skip-Last-Activity-Update";

  private final Cloud cloud;
  private final Routes<Handler> routes = new Routes<>();

  public ToolboxApi(Cloud cloud) {
    this.cloud = cloud;
    new PlaceRoutes().addTo(this);
    new ExecuteRoute().addTo(this);
    new FileRoutes().addTo(this);
    new TransferRoutes().addTo(this);
    new SessionRoutes().addTo(this);
    new TerminalRoutes().addTo(this);
  }

  void on(String method, String path, Handler handler) {
    routes.on(method, path, handler);
  }

  /** Answers a call, or refuses it as a test has asked for. */
  public void handle(Call call, Optional<ApiError> refusal)
      throws IOException, InterruptedException {
    try {
      if (refusal.isPresent()) {
        throw refusal.get();
      }
      List<String> path = call.segments();
      if (path.size() == 3 && path.get(0).equals("sandboxes") && path.get(2).equals("build-logs")) {
        buildLogs(call, authorized(call, cloud, path.get(1)));
      } else if (path.size() > 2 && path.get(0).equals("toolbox")) {
        dispatch(call, authorized(call, cloud, path.get(1)), path.subList(2, path.size()));
      } else {
        throw ApiError.notFound("404 page not found");
      }
    } catch (ApiError e) {
      call.answer(e.status(), error(call, e));
    } catch (JsonProcessingException e) {
      ApiError error = ApiError.badRequest("invalid request body: " + e.getOriginalMessage());
      call.answer(400, error(call, error));
    }
  }

  /**
   * Returns a sandbox that the call may enter.
   *
   * @throws ApiError when it may not, or there is none
   */
  public static CloudSandbox authorized(Call call, Cloud cloud, String sandboxId) {
    Optional<CloudSandbox> sandbox = cloud.byId(sandboxId).filter(known -> !known.gone());
    String token = call.header(TOKEN_HEADER).or(() -> call.parameter(KEY_PARAMETER)).orElse("");
    if (sandbox.isPresent() && token.equals(sandbox.get().previewToken())) {
      return sandbox.get();
    }
    Keys.Caller caller;
    try {
      caller = cloud.keys().authenticate(call);
    } catch (ApiError e) {
      throw new ApiError(401, "authentication failed: Bearer token is invalid");
    }
    boolean user = caller.user();
    return sandbox
        .filter(known -> user || known.organization().equals(caller.organization()))
        .orElseThrow(() -> ApiError.notFound("sandbox " + sandboxId + " not found"));
  }

  private void dispatch(Call call, CloudSandbox sandbox, List<String> path)
      throws IOException, InterruptedException {
    if (cloud.faults().toolboxDead(sandbox.id())) {
      call.answer(502);
      return;
    }
    if (sandbox.state() != State.STARTED) {
      throw ApiError.badRequest(
          "failed to resolve container IP: no IP address found. Is the Sandbox started?");
    }
    if (!call.header(SKIP_ACTIVITY).orElse("").equals("true")) {
      sandbox.touch();
    }
    Routes.Found<Handler> found =
        routes.find(call.method(), path).orElseThrow(() -> ApiError.notFound("404 page not found"));
    sandbox.opened();
    try {
      found.handler().handle(call, sandbox.machine(), found.names());
    } catch (IOException e) {
      LOG.debug("A toolbox call failed", e);
      if (call.answered() || e instanceof JsonProcessingException) {
        throw e;
      }
      // The container went away under the call: the proxy has nobody to ask.
      call.answer(502);
    } finally {
      sandbox.closed();
    }
  }

  private static void buildLogs(Call call, CloudSandbox sandbox) throws IOException {
    call.answerHeader("Content-Type", "text/plain; charset=utf-8");
    String text = "Using " + sandbox.image() + "\n";
    if (sandbox.state() == State.BUILD_FAILED) {
      text += sandbox.field("errorReason").asText() + "\n";
    }
    try (OutputStream output = call.output(200)) {
      output.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static ObjectNode error(Call call, ApiError error) {
    ObjectNode node = Json.object();
    node.put("statusCode", error.status());
    node.put("message", error.message());
    node.put(
        "code",
        ApiError.reason(error.status()).toUpperCase(java.util.Locale.ROOT).replace(' ', '_'));
    node.put("timestamp", Json.time(Instant.now()));
    node.put("path", call.target());
    node.put("method", call.method());
    return node;
  }

  /** Answers a call of the toolbox. */
  interface Handler {
    void handle(Call call, Machine machine, Map<String, String> names)
        throws IOException, InterruptedException;
  }
}
