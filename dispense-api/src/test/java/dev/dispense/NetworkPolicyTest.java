package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkPolicyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"example.com", ".example.com", "example.com:8443", "localhost", "10.0.0.1:80"})
  void takesHostsAsTheyAreWritten(String host) {
    assertThat(new NetworkPolicy.Allow(Set.of(host)).hosts()).containsExactly(host);
  }

  @Test
  void doesNotCareForUpperCase() {
    assertThat(new NetworkPolicy.Allow(Set.of("Example.COM")).hosts())
        .containsExactly("example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "*",
        "*.example.com",
        "https://example.com",
        "example.com/x",
        "a b",
        "a\nb",
        "example.com:",
        "example.com:0",
        "example.com:123456",
        "-x.com",
        "a..b",
        "[::1]",
        "x web"
      })
  void refusesWhatIsNoHost(String host) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NetworkPolicy.Allow(Set.of(host)))
        .withMessageContaining("example.com:8443");
  }

  @Test
  void canBeMoreAndLess() {
    NetworkPolicy.Allow one = new NetworkPolicy.Allow(Set.of("a.example"));
    assertThat(one.with(Set.of("B.example")).hosts())
        .containsExactlyInAnyOrder("a.example", "b.example");
    assertThat(one.with(Set.of("b.example")).without(Set.of("A.example")).hosts())
        .containsExactly("b.example");
  }

  @Test
  void whoNamesAHostDecidesWhereItMayBe() {
    NetworkPolicy.Allow one = new NetworkPolicy.Allow(Set.of("mine.example"));
    NetworkPolicy.Allow both = one.withPublic(Set.of("mine.example", "Theirs.example"));
    assertThat(both.publicHosts()).containsExactly("theirs.example");
    assertThat(both.with(Set.of("theirs.example")).publicHosts()).isEmpty();
    assertThat(both.without(Set.of("theirs.example"))).isEqualTo(one);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NetworkPolicy.Allow(Set.of(), Set.of("a.example")));
  }
}
