package dev.dispense.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dispense.RefusedException;
import dev.dispense.spi.Software;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaudeSoftwareTest {
  @Test
  void pinsTheVersionAndItsChecksums() {
    Software claude = software(new Requests());

    assertThat(claude.id()).isEqualTo("claude");
    assertThat(claude.version()).isEqualTo("2.1.330");
    assertThat(claude.environment()).containsEntry("CLAUDE_VERSION", "2.1.330");
    // Each is 64 bytes in base64.
    assertThat(claude.environment().get("CLAUDE_INTEGRITY"))
        .matches("(linux-(x64|arm64)(-musl)?:[A-Za-z0-9+/]{86}==,?){4}");
  }

  @Test
  void hasNoChecksumForAnotherVersion() {
    Software claude = software(new Requests().setting("claude.version", "2.1.200"));

    assertThat(claude.version()).isEqualTo("2.1.200");
    assertThat(claude.environment()).doesNotContainKey("CLAUDE_INTEGRITY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "2.1", "2.1.3; rm", "../2.1.3", "2.1.3-$(x)"})
  void refusesWhatIsNoVersion(String version) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> software(new Requests().setting("claude.version", version)))
        .withMessageContaining("claude.version");
  }

  private static Software software(Requests requests) {
    return new ClaudeCodeAgent().software(requests.host()).get(0);
  }
}
