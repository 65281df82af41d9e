package dev.dispense.docker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Secret;
import dev.dispense.docker.CompanyProxy;
import dev.dispense.docker.EchoServer;
import dev.dispense.docker.TestHost;
import dev.dispense.docker.TestIdentity;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.spi.Machine;
import dev.dispense.spi.Route;
import dev.dispense.testkit.RequiresDocker;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes of a machine whose only way out is a company's proxy with a password. */
@RequiresDocker
class UpstreamProxyIT {
  @TempDir static Path temporary;
  private static EchoServer secure;
  private static EchoServer plain;
  private static CompanyProxy proxy;
  private static LiveEngine live;
  private static Machine machine;

  @BeforeAll
  static void open() throws Exception {
    TestIdentity identity = TestIdentity.of(temporary, List.of("allowed.invalid", "model.invalid"));
    secure = new EchoServer(Optional.of(identity));
    plain = new EchoServer();
    proxy =
        new CompanyProxy(
            "Basic bWU6Y2FuYXJ5LXBAc3M=",
            Map.of(
                "allowed.invalid:443",
                secure.port(),
                "model.invalid:443",
                secure.port(),
                "allowed.invalid:80",
                plain.port()));
    Map<String, String> environment = new TreeMap<>(TestHost.real().variables());
    environment.put("HTTPS_PROXY", "http://me:canary-p%40ss@localhost:" + proxy.port());
    environment.put("HTTP_PROXY", environment.get("HTTPS_PROXY"));
    environment.put("NO_PROXY", "direct.invalid");
    environment.put("SSL_CERT_FILE", identity.certificate().toString());
    live = new LiveEngine(host(environment));
    machine =
        live.create(
            LiveEngine.Shape.PLAIN.network(
                new NetworkPolicy.Allow(
                    Set.of("allowed.invalid", "direct.invalid", "localhost:3130"))));
  }

  private static Environment host(Map<String, String> environment) {
    return TestHost.at(temporary.resolve("state"), TestHost.with(environment, Map.of()));
  }

  @AfterAll
  static void close() {
    live.close();
    proxy.close();
    plain.close();
    secure.close();
  }

  private static String curl(String... arguments) {
    return live.sh(machine, "curl -sS -m 30 \"$@\" 2>&1 || true", arguments);
  }

  private static String code(String url) {
    return curl("-o", "/dev/null", "-w", "%{http_code} %{http_connect}", url);
  }

  @Test
  void hostsOfTheListAreReachedThroughTheProxyAndOthersAreNotAskedFor() {
    assertThat(curl("https://allowed.invalid/a?b")).isEqualTo("GET /a?b");
    assertThat(curl("http://allowed.invalid/c")).isEqualTo("GET /c");
    assertThat(proxy.requests())
        .contains("CONNECT allowed.invalid:443", "GET http://allowed.invalid/c");
    assertThat(code("https://refused.invalid/")).endsWith("000 403");
    assertThat(code("http://refused.invalid/")).isEqualTo("403 000");
    assertThat(code("http://10.1.2.3/")).isEqualTo("403 000");
    assertThat(code("http://direct.invalid/")).matches("50[0-9] 000");
    assertThat(code("https://direct.invalid/")).startsWith("curl: ");
    assertThat(proxy.requests())
        .noneMatch(it -> it.startsWith("!") || it.matches(".*(refused|direct|10\\.1).*"));
  }

  @Test
  void aRouteLeadsThroughTheProxyAndTheServerIsStillCheckedFromHere() {
    Route model = route("https://model.invalid", "/v1/");
    Route other = route("https://other.invalid", "/v1/");
    Route here = route("http://localhost:" + plain.port(), "/v1/");
    live.gateways().openRoutes(machine.id(), List.of(model, other, here));
    assertThat(curl(SandboxGateway.ACCESS.overLoopback(model) + "/v1/x?y", "-d", "question"))
        .isEqualTo("POST /v1/x?y question");
    assertThat(secure.header("x-api-key")).containsExactly("canary-key");
    assertThat(secure.header("host")).containsExactly("model.invalid");
    assertThat(proxy.requests()).contains("CONNECT model.invalid:443");
    assertThat(code(SandboxGateway.ACCESS.overLoopback(other) + "/v1/x")).isEqualTo("502 000");
    assertThat(curl(SandboxGateway.ACCESS.overLoopback(here) + "/v1/x")).isEqualTo("GET /v1/x");
    assertThat(proxy.requests()).noneMatch(it -> it.contains(":" + plain.port()));
    // What is for routes alone is no way for anybody else.
    for (String port : List.of("http://127.0.0.1:3130/", "http://localhost:3130/")) {
      assertThat(curl("--noproxy", "", "-o", "/dev/null", "-w", "%{http_code}", port))
          .isEqualTo("403");
    }
  }

  private static Route route(String upstream, String path) {
    return new Route(
        "model", URI.create(upstream), Map.of("X-Api-Key", Secret.of("canary-key")), List.of(path));
  }

  @Test
  void thePasswordIsWhereOnlyTheGatewayReadsIt() {
    for (String container : containers()) {
      String inspected =
          live.docker(client -> client.inspectContainerCmd(container).exec().toString());
      assertThat(inspected).contains(container).doesNotContain("canary");
      Machine inside = new Machine(container, machine.name(), machine.state(), "", Map.of());
      assertThat(
              live.run(
                  inside,
                  Command.of(
                          "sh",
                          "-c",
                          "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' '\\n'"
                              + " | grep canar[y]; true")
                      .in("/"),
                  null))
          .isEmpty();
    }
    assertThat(live.sh(machine, "grep -rs canar[y] /run /tmp /home /dispense /etc; true"))
        .isEmpty();
  }

  @Test
  void anotherWayOutIsAnotherGateway() {
    int before = containers().size();
    try (LiveEngine direct = new LiveEngine(host(TestHost.real().variables()))) {
      direct.create(LiveEngine.Shape.PLAIN.network(NetworkPolicy.NONE));
      assertThat(containers()).hasSize(before + 2);
      assertThat(curl("https://allowed.invalid/still")).isEqualTo("GET /still");
    }
    assertThat(containers()).hasSize(before);
  }

  /** Returns the containers of this test: sandboxes and gateways. */
  private static List<String> containers() {
    return live.containersOf(temporary);
  }
}
