package dev.dispense.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import dev.dispense.Secret;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.Route;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaudeRouteTest {
  private static final Gateway GATEWAY = new Gateway("/run/gateway/model.sock", 3129);

  private static Requests requests() {
    return new Requests().network(NetworkPolicy.NONE).gateway(GATEWAY);
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC_API_KEY, X-Api-Key, k-1",
    "ANTHROPIC_AUTH_TOKEN, Authorization, Bearer k-1",
    "CLAUDE_CODE_OAUTH_TOKEN, Authorization, Bearer k-1"
  })
  void theGatewayHasTheKeyAndTheSandboxSomethingInItsPlace(
      String variable, String header, String value) {
    Agent.Launch launch = requests().variable(variable, "k-1").launch();

    assertThat(launch.routes())
        .singleElement()
        .satisfies(
            route -> assertThat(route.headers()).containsExactly(entry(header, value)),
            route -> assertThat(route.upstream()).hasToString("https://api.anthropic.com"),
            route -> assertThat(route.paths()).contains("/v1/messages"));
    assertThat(launch.secretVariables()).isEmpty();
    assertThat(launch.secretDescriptors()).isEmpty();
    assertThat(launch.environment().toString()).doesNotContain("k-1");
    assertThat(launch.environment()).containsKey(variable);
  }

  private static java.util.Map.Entry<String, Secret> entry(String header, String value) {
    return java.util.Map.entry(header, Secret.of(value));
  }

  @Test
  void theAgentGoesByTheSocket() {
    Agent.Launch launch = requests().variable("ANTHROPIC_API_KEY", "k").launch();
    Route route = launch.routes().get(0);
    assertThat(launch.environment())
        .containsEntry("ANTHROPIC_UNIX_SOCKET", GATEWAY.socket())
        .containsEntry("ANTHROPIC_BASE_URL", "http://localhost" + route.path());
  }

  @Test
  void aModelOfOnesOwnIsWhatTheRouteLeadsTo() {
    Agent.Launch launch =
        requests()
            .variable("ANTHROPIC_API_KEY", "k")
            .variable("ANTHROPIC_BASE_URL", "http://localhost:4000/base")
            .launch();
    assertThat(launch.routes().get(0).upstream())
        .isEqualTo(URI.create("http://localhost:4000/base"));
  }

  @Test
  void aHeaderOfOnesOwnIsSentByTheGateway() {
    Agent.Launch launch =
        requests()
            .variable("ANTHROPIC_API_KEY", "k")
            .variable("ANTHROPIC_CUSTOM_HEADERS", "X-Team: blue")
            .launch();
    assertThat(launch.routes().get(0).headers()).containsEntry("X-Team", Secret.of("blue"));
    assertThat(launch.secretVariables()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no colon", ": x", "X-Empty:"})
  void refusesAHeaderThatIsNone(String header) {
    Requests requests =
        requests().variable("ANTHROPIC_API_KEY", "k").variable("ANTHROPIC_CUSTOM_HEADERS", header);
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(requests::launch)
        .withMessageContaining("Name: value");
  }
}
