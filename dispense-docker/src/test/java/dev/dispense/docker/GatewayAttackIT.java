package dev.dispense.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.NetworkPolicy;
import dev.dispense.Secret;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.spi.Machine;
import dev.dispense.spi.Route;
import dev.dispense.testkit.RequiresDocker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent that wants the key, or wants to send something out, can try at its gateway. */
@RequiresDocker
class GatewayAttackIT {
  private static final String KEY = "canary-7f3a";

  @TempDir static Path state;
  private static LiveEngine live;
  private static EchoServer upstream;
  private static Machine machine;
  private static Route route;

  @BeforeAll
  static void open() {
    live = new LiveEngine(TestHost.withState(state));
    upstream = new EchoServer();
    route =
        new Route(
            "model",
            URI.create("http://localhost:" + upstream.port()),
            Map.of("X-Api-Key", Secret.of(KEY)),
            List.of("/v1/"));
    machine =
        live.create(
            LiveEngine.Shape.PLAIN.network(new NetworkPolicy.Allow(Set.of("allowed.invalid"))));
    live.gateways().openRoutes(machine.id(), List.of(route));
  }

  @AfterAll
  static void close() {
    live.close();
    upstream.close();
  }

  /**
   * Sends bytes to a socket of the gateway and returns what comes back.
   *
   * @param request has %s for the route's path, and | for the end of a line
   */
  private static String send(String socket, String request) {
    return live.run(
        machine,
        dev.dispense.Command.of(
            "sh",
            "-c",
            "{ cat; sleep 0.3; } | socat -t 5 - UNIX-CONNECT:/run/gateway/\"$1\" 2>&1 | tr -d '\\r"
                + "'; true",
            "sh",
            socket),
        request
            .replace("%s", route.path())
            .replace("|", "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET %s/v1/x HTTP/1.1|Host: a|X-Api-Key: own|x-api-key: own2|Connection: close||",
        "GET %s/v1/x HTTP/1.1|Host: a|X-Api-Key : own|Connection: close||",
        "GET %s/v1/x HTTP/1.1|Host: a|A: b| X-Api-Key: own|Connection: close||",
        "GET %s/v1/x HTTP/1.1|Host: a|Connection: close, X-Api-Key||",
        "GET %s/v1/x HTTP/1.1|Host: a|X_Api_Key: own|Connection: close||",
        "GET %s/v1/x HTTP/1.0|Connection: X-Api-Key||",
        "GET %s/v1/x%0d%0aX-Api-Key:%20own HTTP/1.1|Host: a|Connection: close||",
        "POST %s/v1/x HTTP/1.1|Host: a|Content-Length: 6|Transfer-Encoding: chunked|"
            + "Connection: close||0||X",
        "POST %s/v1/x HTTP/1.1|Host: a|Content-Length: 0|Content-Length: 44|"
            + "Connection: close||GET /v2/secret HTTP/1.1|Host: a||"
      })
  void whatIsAskedWithTricksIsRefusedOrHasTheKeyOfTheGatewayAlone(String request) {
    upstream.forget();
    String answer = send("model.sock", request);
    assertThat(answer).doesNotContain(KEY);
    if (!upstream.paths().isEmpty()) {
      assertThat(upstream.paths()).allMatch(path -> path.startsWith("/v1/"));
      assertThat(upstream.header("x-api-key")).containsExactly(KEY);
      assertThat(upstream.headers()).doesNotContain("own");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT example.com:443 HTTP/1.1|Host: example.com||",
        "GET http://example.com/v1/x HTTP/1.1|Host: example.com|Connection: close||",
        "GET http://127.0.0.1:3128/ HTTP/1.1|Host: 127.0.0.1|Connection: close||",
        "TRACE %s/v1/x HTTP/1.1|Host: a|Connection: close||",
        "PUT %s/v1/x HTTP/1.1|Host: a|Content-Length: 0|Connection: close||",
        "GET /other-00000000/v1/x HTTP/1.1|Host: a|Connection: close||",
        "GET %s/v1/..%2f..%2fsandboxes/1/http.conf HTTP/1.1|Host: a|Connection: close||",
        "GET %s HTTP/1.1|Host: a|Connection: close||",
        "PRI * HTTP/2.0||SM||",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"
      })
  void whatIsNoRequestToTheRouteGoesNowhere(String request) {
    upstream.forget();
    String answer = send("model.sock", request);
    assertThat(answer).doesNotContain(KEY).doesNotContain(" 200 ");
    assertThat(upstream.paths()).isEmpty();
  }

  @Test
  void requestsInARowAreEachLookedAt() {
    upstream.forget();
    String answer =
        send(
            "model.sock",
            "GET %s/v1/a HTTP/1.1|Host: a||GET %s/v2/b HTTP/1.1|Host: a||"
                + "GET %s/v1/c HTTP/1.1|Host: a|Connection: close||");
    assertThat(Pattern.compile("HTTP/1.1 (\\d+)").matcher(answer).results())
        .extracting(result -> result.group(1))
        .containsExactly("200", "403", "200");
    assertThat(upstream.paths()).containsExactly("/v1/a", "/v1/c");
  }

  @Test
  void aHeadWithoutEndIsCutOff() {
    String flood =
        "{ printf 'GET %s/v1/x HTTP/1.1\\r\\nHost: a\\r\\n'; yes 'X-Padding: xxxxxxxxxxxxxxxxxxx'"
            + " | head -c 100000000; } 2>/dev/null | socat -u -t 1 - UNIX-CONNECT:/run/gateway/";
    for (String socket : List.of("model.sock", "proxy.sock")) {
      live.sh(machine, flood.replace("%s", route.path()) + socket + " 2>/dev/null; true");
    }
    assertThat(send("model.sock", "GET %s/v1/x HTTP/1.1|Host: a|Connection: close||"))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT evil.invalid:443 HTTP/1.1|Host: allowed.invalid:443||",
        "GET http://evil.invalid/ HTTP/1.1|Host: allowed.invalid|Connection: close||",
        "GET / HTTP/1.1|Host: evil.invalid|Connection: close||",
        "CONNECT allowed.invalid:22 HTTP/1.1|Host: allowed.invalid:22||",
        "CONNECT 127.0.0.1:3129 HTTP/1.1|Host: 127.0.0.1||",
        "CONNECT [::1]:3128 HTTP/1.1|Host: a||",
        "GET cache_object://127.0.0.1/info HTTP/1.0||",
        "GET http://127.0.0.1:3128/squid-internal-mgr/info HTTP/1.0||",
        "GET ftp://evil.invalid/ HTTP/1.0||",
        "GET http://allowed.invalid@evil.invalid/ HTTP/1.0||",
        "GET http://evil.invalid#allowed.invalid/ HTTP/1.0||",
        "CONNECT evil.invalid:443 HTTP/1.1|X-Forwarded-For: 127.1.0.9||",
        "\u0005\u0001\u0000"
      })
  void theProxyLetsOnlyHostsOfTheListThrough(String request) {
    assertThat(send("proxy.sock", request)).doesNotContain(" 200 ");
  }

  @Test
  void aSandboxThatOpensConnectionsWithoutEndLeavesSomeToOthers() {
    String flood =
        """
        use strict; use IO::Socket::UNIX; use IO::Select;
        my @all;
        for (1 .. 400) {
          my $one; my $turn = 0;
          until ($one = IO::Socket::UNIX->new(Peer => "/run/gateway/proxy.sock")) {
            $turn++ < 1000 or die; select(undef, undef, undef, 0.01);
          }
          push @all, $one;
        }
        my $begin = time;
        my $ended = IO::Select->new(@all);
        my $count = 0;
        while (time - $begin < 60 && $count < 144) {
          for my $one ($ended->can_read(1)) { $ended->remove($one); $count++ }
        }
        print scalar(@all) - $count;
        """;
    assertThat(live.sh(machine, "perl -e \"$1\"", flood)).isEqualTo("256");
  }

  @Test
  void thereIsNoOtherWayOut() {
    assertThat(live.sh(machine, "cat /proc/net/route | wc -l; cat /proc/net/if_inet6 | wc -l"))
        .matches("1\\n[01]");
    assertThat(live.sh(machine, "getent hosts deb.debian.org; echo $?")).isEqualTo("2");
    for (String way :
        List.of(
            "TCP:192.0.2.1:80",
            "TCP6:[2001:db8::1]:80",
            "UDP:192.0.2.1:53",
            "IP:192.0.2.1:1",
            "TCP:172.17.0.1:22")) {
      assertThat(live.sh(machine, "echo x | socat -t 1 - \"$1\" 2>/dev/null; echo $?", way))
          .as(way)
          .isNotEqualTo("0");
    }
  }

  @Test
  void whatTheGatewayKeepsIsNotInReach() {
    assertThat(live.sh(machine, "ls -a /run/gateway")).isEqualTo(".\n..\nmodel.sock\nproxy.sock");
    assertThat(
            live.sh(
                machine,
                "rm -f /run/gateway/model.sock; ln -s / /run/gateway/x; mv /run/gateway /tmp/x;"
                    + " chmod 700 /run/gateway; ls -a /run/gateway | xargs"))
        .endsWith(". .. model.sock proxy.sock");
    assertThat(
            live.sh(
                machine,
                "grep -rs canary-7[f] /proc/[0-9]*/environ /proc/[0-9]*/cmdline /run /tmp /home"
                    + " /dispense /etc 2>/dev/null; env | grep canary-7[f]; true"))
        .isEmpty();
  }
}
