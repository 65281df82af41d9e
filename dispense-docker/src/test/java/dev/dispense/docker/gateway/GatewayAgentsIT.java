package dev.dispense.docker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.NetworkPolicy;
import dev.dispense.Secret;
import dev.dispense.docker.EchoServer;
import dev.dispense.docker.TestHost;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.spi.Machine;
import dev.dispense.spi.Route;
import dev.dispense.testkit.RequiresDocker;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents that can only connect to a port of the loopback, and ask as OpenAI's and Google's do. */
@RequiresDocker
class GatewayAgentsIT {
  private static final String KEY = "canary-91be";

  @TempDir static Path state;
  private static LiveEngine live;
  private static EchoServer upstream;
  private static Machine machine;

  @BeforeAll
  static void open() {
    live = new LiveEngine(TestHost.withState(state));
    upstream = new EchoServer();
    machine = live.create(LiveEngine.Shape.PLAIN.network(NetworkPolicy.NONE));
  }

  @AfterAll
  static void close() {
    live.close();
    upstream.close();
  }

  private static String opened(String name, String header, String value, String... paths) {
    Route route =
        new Route(
            name,
            URI.create("http://localhost:" + upstream.port()),
            Map.of(header, Secret.of(value)),
            List.of(paths));
    live.gateways().openRoutes(machine.id(), List.of(route));
    return SandboxGateway.ACCESS.overLoopback(route).toString();
  }

  private static String curl(String... arguments) {
    return live.sh(machine, "curl -sS -m 20 --path-as-is \"$@\" 2>&1 || true", arguments);
  }

  @Test
  void codexAsksForResponsesWithAKeyThatIsNone() {
    String base = opened("openai", "Authorization", "Bearer " + KEY, "/v1/responses", "/v1/models");
    assertThat(
            curl(
                base + "/v1/responses",
                "-d",
                "{\"stream\":true}",
                "-H",
                "Authorization: Bearer dummy",
                "-H",
                "Accept: text/event-stream"))
        .isEqualTo("POST /v1/responses {\"stream\":true}");
    assertThat(upstream.header("authorization")).containsExactly("Bearer " + KEY);
    assertThat(upstream.header("accept")).containsExactly("text/event-stream");
    assertThat(upstream.headers()).doesNotContain("dummy");
    assertThat(curl(base + "/v1/organization/api_keys", "-o", "/dev/null", "-w", "%{http_code}"))
        .isEqualTo("403");
  }

  @Test
  void geminiAsksForAMethodBehindAColonAndAQuery() {
    String base = opened("gemini", "x-goog-api-key", KEY, "/v1beta/models/");
    String path = "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse";
    assertThat(curl(base + path, "-d", "{}", "-H", "x-goog-api-key: dummy"))
        .isEqualTo("POST " + path + " {}");
    assertThat(upstream.header("x-goog-api-key")).containsExactly(KEY);
    assertThat(upstream.headers()).doesNotContain("dummy");
    // A path of a route can have a colon, too.
    String one = opened("gemini", "x-goog-api-key", KEY, "/v1beta/models/g:countTokens");
    assertThat(curl(one + "/v1beta/models/g:countTokens")).contains("g:countTokens");
    assertThat(curl(one + path, "-o", "/dev/null", "-w", "%{http_code}")).isEqualTo("403");
  }

  @Test
  void anAnswerThatIsStreamedComesAsItIsWritten() {
    String base = opened("openai", "Authorization", "Bearer " + KEY, "/v1/");
    assertThat(
            live.sh(
                machine,
                "curl -sSN -d x \"$1\" >/tmp/answer & asking=$!; until [ -s /tmp/answer ]; do"
                    + " sleep 0.1; done; cat /tmp/answer; kill $asking",
                base + "/v1/slow"))
        .isEqualTo("first");
    assertThat(upstream.isHeld()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%2e%2e/x",
        "/a/..%2fb",
        "/a%2f..%2f..%2fb",
        "/a//b",
        "/..;/b",
        "/a%5c..%5cb",
        "/a%252e%252e/b",
        "/a/./b"
      })
  void aPathWithSeveralMeaningsGoesNowhere(String path) {
    String base = opened("all", "Authorization", KEY, "/");
    upstream.forget();
    assertThat(curl(base + path, "-o", "/dev/null", "-w", "%{http_code}")).matches("40[03]");
    assertThat(upstream.paths()).isEmpty();
  }
}
