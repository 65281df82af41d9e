package dev.dispense.docker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.NetworkPolicy;
import dev.dispense.Secret;
import dev.dispense.spi.Route;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GatewayRulesTest {
  private static Route of(String upstream, String key) {
    return new Route(
        "model", URI.create(upstream), Map.of("X-Api-Key", Secret.of(key)), List.of("/v1/"));
  }

  private static String route(String key) {
    Route route = of("http://localhost:4000/base/", key);
    return GatewayRules.route(route, GatewayUpstream.of(route, name -> "192.0.2.1", true));
  }

  @Test
  void aKeyIsOneWordWhateverIsInIt() {
    assertThat(route("a\"; return 200; #")).contains("X-Api-Key \"a\\\"; return 200; #\";");
    assertThat(route("a\\")).contains("X-Api-Key \"a\\\\\";");
    assertThat(route("a$host")).contains("X-Api-Key \"a${dollar}host\";");
  }

  @Test
  void aRouteLeadsWhereItShouldAndSaysWhoIsMeant() {
    assertThat(route("k"))
        .contains("set $upstream http://192.0.2.1:4000/base;")
        .contains("\"~*^(?:http://localhost:4000)?/base(/(?!/).*)$\" $here$as/model-")
        .contains("proxy_set_header Host localhost:4000;")
        .contains("proxy_set_header Authorization \"\";")
        .containsOnlyOnce("X-Api-Key");
  }

  @Test
  void whereTheWayOutIsAProxyARouteLeadsThroughSquidAndIsStillCheckedByItsName() {
    Route route = of("https://api.example.com/base", "k");
    GatewayUpstream upstream = GatewayUpstream.of(route, name -> name, true);
    assertThat(upstream.server()).isEqualTo("api.example.com:443");
    assertThat(upstream.file()).matches("exit-[0-9a-f]{16}");
    assertThat(GatewayRules.route(route, upstream))
        .contains(
            "set $upstream http://unix:/tmp/tls.sock:/base;",
            "proxy_set_header X-Gateway-Server https://unix:/tmp/exits/"
                + upstream.file().substring("exit-".length())
                + "/socket:;")
        .contains("proxy_set_header X-Gateway-Name api.example.com;")
        .contains("proxy_set_header Host api.example.com;")
        .contains("~*^(?:https://api\\.example\\.com(?::443)?)?/base(/(?!/).*)$");
    assertThat(GatewayUpstream.of(route, name -> name, false).secured())
        .contains("https://api.example.com");
  }

  @Test
  void hostsComeBackAsTheyWere() {
    NetworkPolicy.Allow policy =
        new NetworkPolicy.Allow(
                Set.of("pypi.org", ".example.com", "web.example:8443", "a.example", "inside"))
            .withPublic(Set.of("b.example", "c.example:81"));
    assertThat(GatewayRules.allow(policy))
        .isEqualTo(
            """
            .example.com web inside
            a.example web inside
            b.example web
            c.example 81
            inside web inside
            pypi.org web
            web.example 8443 inside
            """);
    assertThat(GatewayRules.allowed(GatewayRules.allow(policy))).isEqualTo(policy);
    assertThat(GatewayRules.allowed("")).isEqualTo(new NetworkPolicy.Allow(Set.of()));
  }

  @Test
  void eachSandboxComesFromAnAddressOfItsOwn() {
    assertThat(new GatewayRules(1).stream()).contains("proxy_bind 127.1.0.1;");
    assertThat(new GatewayRules(258).stream()).contains("proxy_bind 127.1.1.2;");
  }
}
