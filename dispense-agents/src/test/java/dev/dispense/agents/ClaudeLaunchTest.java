package dev.dispense.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import dev.dispense.Secret;
import dev.dispense.spi.Agent;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaudeLaunchTest {
  private static final String SESSION = "8c780807-1eaa-42e8-a15c-341a741699d6";

  @Test
  void startsANewSessionWithoutAnythingOfTheUsersInTheArguments() {
    Agent.Launch launch = Requests.withKey().launch();

    assertThat(launch.argv())
        .startsWith(
            "claude",
            "-p",
            "--output-format",
            "stream-json",
            "--verbose",
            "--dangerously-skip-permissions",
            "--session-id")
        .hasSize(8);
    assertThat(UUID.fromString(launch.argv().get(7))).isNotNull();
    assertThat(Requests.withKey().launch().argv()).isNotEqualTo(launch.argv());
  }

  @Test
  void resumesASessionWithAModelAndALimit() {
    assertThat(Requests.withKey().resume(SESSION).model("opus[1m]").maxTurns(3).launch().argv())
        .endsWith("--resume", SESSION, "--model", "opus[1m]", "--max-turns", "3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--mcp-config=x", "/tmp/x.jsonl", "", "latest"})
  void refusesASessionThatIsNoUuid(String id) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> Requests.withKey().resume(id).launch())
        .withMessageContaining("without resuming");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--settings=x", "", " ", "a b", "a\nb"})
  void refusesAModelThatIsNoName(String name) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> Requests.withKey().model(name).launch())
        .withMessageContaining("model");
  }

  @Test
  void setsWhatARunWithoutATerminalNeeds() {
    assertThat(Requests.withKey().launch().environment())
        .containsEntry("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
        .containsEntry("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1")
        .containsEntry("CLAUDE_CODE_MAX_RETRIES", "3")
        .containsEntry("DISABLE_AUTOUPDATER", "1")
        .hasSize(4);
    assertThat(Requests.withKey().root(true).launch().environment())
        .containsEntry("IS_SANDBOX", "1");
  }

  @Test
  void passesOnWhatChoosesTheModelAndItsLimits() {
    assertThat(
            Requests.withKey()
                .variable("ANTHROPIC_MODEL", "haiku")
                .variable("API_TIMEOUT_MS", "1000")
                .variable("CLAUDE_CODE_MAX_RETRIES", "0")
                .variable("AWS_SECRET_ACCESS_KEY", "not this")
                .launch()
                .environment())
        .containsEntry("ANTHROPIC_MODEL", "haiku")
        .containsEntry("API_TIMEOUT_MS", "1000")
        .containsEntry("CLAUDE_CODE_MAX_RETRIES", "0")
        .doesNotContainValue("not this");
  }

  @Test
  void deliversFurtherHeadersAsASecret() {
    Agent.Launch launch =
        Requests.withKey().variable("ANTHROPIC_CUSTOM_HEADERS", "X-Key: abc\n").launch();

    assertThat(launch.secretVariables())
        .containsEntry("ANTHROPIC_CUSTOM_HEADERS", Secret.of("X-Key: abc"));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(
            () -> Requests.withKey().variable("ANTHROPIC_CUSTOM_HEADERS", "A: x\nB: y").launch())
        .withMessageContaining("more than one line")
        .withMessageNotContaining("A: x");
  }

  @Test
  void leavesAnthropicsOwnAddressAlone() {
    assertThat(Requests.withKey().launch().environment()).doesNotContainKey("ANTHROPIC_BASE_URL");
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:8080, http://172.17.0.1:8080",
    "http://LOCALHOST, http://172.17.0.1",
    "http://127.0.0.1:8080/v/a?b=c%20d, http://172.17.0.1:8080/v/a?b=c%20d",
    "https://127.1.2.3/, https://172.17.0.1/",
    "http://[::1]:9, http://172.17.0.1:9",
    "http://0.0.0.0:9, http://172.17.0.1:9",
    "http://model.localhost:9, http://172.17.0.1:9",
    "http://host.docker.internal:9, http://host.docker.internal:9",
    "https://gateway.example.com/anthropic, https://gateway.example.com/anthropic",
    "http://10.0.0.7:9, http://10.0.0.7:9",
    "http://model_server:9, http://model_server:9"
  })
  void leadsToThisMachineByTheNameThatTheSandboxHasForIt(String given, String passedOn) {
    assertThat(Requests.withKey().variable("ANTHROPIC_BASE_URL", given).launch().environment())
        .containsEntry("ANTHROPIC_BASE_URL", passedOn);
  }

  @Test
  void prefersTheSettingForTheAddress() {
    assertThat(
            Requests.withKey()
                .variable("ANTHROPIC_BASE_URL", "http://one")
                .setting("anthropic.base-url", "http://two")
                .launch()
                .environment())
        .containsEntry("ANTHROPIC_BASE_URL", "http://two");
  }

  @Test
  void keepsTheProxyOutOfTheWayToThisMachine() {
    Requests requests =
        Requests.withKey()
            .variable("ANTHROPIC_BASE_URL", "http://localhost:8080")
            .variable("no_proxy", "example.com");
    assertThat(requests.launch().environment()).doesNotContainKey("NO_PROXY");

    assertThat(requests.variable("https_proxy", "http://proxy").launch().environment())
        .containsEntry("NO_PROXY", "example.com,172.17.0.1")
        .containsEntry("no_proxy", "example.com,172.17.0.1");
  }

  @Test
  void refusesAnAddressThatTheSandboxCannotReach() {
    Requests requests =
        Requests.withKey().variable("ANTHROPIC_BASE_URL", "http://localhost:8080").noHostAddress();
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(requests::launch)
        .withMessageContaining("http://localhost:8080, which is this machine");

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> Requests.withKey().network(NetworkPolicy.NONE).launch())
        .withMessageContaining("no network");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://ada:secret@example.com",
        "https://secret@example.com",
        "https://secret @example.com",
        "secret.example.com",
        "file:///secret",
        "https:secret"
      })
  void refusesAnAddressThatIsNotOneOrHoldsAPassword(String url) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> Requests.withKey().variable("ANTHROPIC_BASE_URL", url).launch())
        .withMessageContaining("ANTHROPIC_BASE_URL")
        .withMessageNotContaining("secret")
        .withNoCause();
  }
}
