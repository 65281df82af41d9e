package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshAccessTest {
  @Test
  void doesNotShowTheUserNameAsItIsASecret() {
    assertThat(access("host", "canary-17").toString()).contains("host").doesNotContain("canary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-oProxyCommand=id", "host name", "host\nProxyCommand id", "a;b", "a$b"})
  void refusesAHostThatWouldMeanMoreInAConfiguration(String host) {
    assertThatThrownBy(() -> access(host, "user")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-l", "a b", "a\tb", "a%h", "a@b"})
  void refusesAUserThatWouldMeanMoreAndDoesNotRepeatIt(String user) {
    assertThatThrownBy(() -> access("host", user))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(user);
  }

  private static SshAccess access(String host, String user) {
    return new SshAccess(host, 22, Secret.of(user), Instant.EPOCH);
  }
}
