package dev.dispense.daytona.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NetworkRulesTest {
  private static NetworkRules allow(String... hosts) {
    return NetworkRules.of(new NetworkPolicy.Allow(Set.of(hosts)));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Test
  void policiesAreTranslated() {
    ObjectNode body = object();
    allow(".example.org", "api.example.com", "10.1.2.3").addTo(body);

    assertThat(body.path("domainAllowList").asText())
        .isEqualTo("*.example.org,api.example.com,example.org");
    assertThat(body.path("networkAllowList").asText()).isEqualTo("10.1.2.3/32");
    assertThat(NetworkRules.of(NetworkPolicy.NONE).blocked()).isTrue();
    assertThat(allow().blocked()).isTrue();
    assertThat(NetworkRules.of(NetworkPolicy.OPEN).blocked()).isFalse();
  }

  @Test
  void whatTheServiceDoesNotTakeIsRefused() {
    String[] many =
        IntStream.range(0, 11)
            .mapToObj(i -> "h" + i)
            .collect(Collectors.toSet())
            .toArray(String[]::new);

    assertThatThrownBy(() -> allow(many)).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> allow("example.com:8443")).isInstanceOf(RefusedException.class);
  }

  @Test
  void aServerThatIgnoresThePolicyIsNoticed() {
    NetworkRules rules = allow("b.example.org", "a.example.org");
    assertThatCode(
            () -> rules.check(object().put("domainAllowList", "b.example.org, a.example.org")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> rules.check(object())).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> rules.check(object().put("domainAllowList", "a.example.org")))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> NetworkRules.of(NetworkPolicy.NONE).check(object()))
        .isInstanceOf(RefusedException.class);
  }
}
