package dev.dispense.testkit.daytona;

import dev.dispense.testkit.daytona.cloud.Access;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.CloudSandbox;
import dev.dispense.testkit.daytona.cloud.State;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.toolbox.PlaceRoutes;
import dev.dispense.testkit.daytona.toolbox.ToolboxApi;
import io.undertow.server.handlers.proxy.LoadBalancingProxyClient;
import io.undertow.server.handlers.proxy.ProxyHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Previews: a subdomain for each port of each sandbox, and for each signed token. */
final class PreviewProxy {
  /** The terminal, the toolbox and the like: never public. */
  private static final Set<String> PRIVATE_PORTS = Set.of("22222", "2280", "33333");

  private static final Pattern HOST = Pattern.compile("(\\d{1,5})-([\\w-]+)\\.localhost(:\\d+)?");
  private static final int UNUSED_MILLIS = 1000;
  private static final String COOKIE = "daytona-sandbox-auth-";

  private final Cloud cloud;

  PreviewProxy(Cloud cloud) {
    this.cloud = cloud;
  }

  /** Returns which preview a host name means, if it means one. */
  static Optional<Target> target(String host) {
    Matcher matcher = HOST.matcher(host);
    return matcher.matches()
        ? Optional.of(new Target(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  void handle(Call call, Target target) throws IOException, InterruptedException {
    try {
      Optional<Access.Grant> signed =
          cloud.access().signed(target.name()).filter(grant -> grant.port().equals(target.port()));
      Optional<CloudSandbox> sandbox =
          cloud
              .byId(signed.map(Access.Grant::sandboxId).orElse(target.name()))
              .filter(known -> !known.gone());
      if (sandbox.isPresent() && (signed.isPresent() || mayEnter(call, sandbox.get(), target))) {
        forward(call, sandbox.get(), target);
      } else if (hasKey(call)) {
        throw new ApiError(401, "authentication failed: the key or token is not valid");
      } else {
        call.answerHeader("Location", cloud.address().proxy() + "/login");
        call.answer(307);
      }
    } catch (ApiError e) {
      call.answerHeader("Content-Type", "text/plain; charset=utf-8");
      call.answer(e.status(), e.message().getBytes(StandardCharsets.UTF_8));
    }
  }

  private boolean mayEnter(Call call, CloudSandbox sandbox, Target target) {
    if (sandbox.field("public").asBoolean() && !PRIVATE_PORTS.contains(target.port())) {
      return true;
    }
    String token = sandbox.previewToken();
    if (call.header("Cookie").orElse("").contains(COOKIE + sandbox.id() + "=" + token)) {
      return true;
    }
    if (!hasKey(call)) {
      return false;
    }
    ToolboxApi.authorized(call, cloud, sandbox.id());
    call.answerHeader("Set-Cookie", COOKIE + sandbox.id() + "=" + token + "; Path=/; HttpOnly");
    return true;
  }

  private static boolean hasKey(Call call) {
    return call.header("Authorization").isPresent()
        || call.header(ToolboxApi.TOKEN_HEADER).isPresent()
        || call.parameter(ToolboxApi.KEY_PARAMETER).isPresent();
  }

  private void forward(Call call, CloudSandbox sandbox, Target target)
      throws IOException, InterruptedException {
    if (sandbox.state() != State.STARTED) {
      throw ApiError.badRequest("no IP address found. Is the Sandbox started?");
    }
    sandbox.touch();
    int port = Integer.parseInt(target.port());
    if (!PlaceRoutes.listening(sandbox.machine(), port)) {
      call.answer(502);
      return;
    }
    int relay = sandbox.machine().relay("localhost", port).port();
    LoadBalancingProxyClient client =
        new LoadBalancingProxyClient()
            .addHost(URI.create("http://127.0.0.1:" + relay))
            .setSoftMaxConnectionsPerThread(0)
            .setTtl(UNUSED_MILLIS);
    ProxyHandler proxy = ProxyHandler.builder().setProxyClient(client).build();
    call.exchange().getRequestHeaders().remove("Authorization");
    try {
      proxy.handleRequest(call.exchange());
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** A port, and the sandbox's id or a signed token. */
  record Target(String port, String name) {}
}
