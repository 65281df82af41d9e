package dev.dispense.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.NetworkPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MirrorsTest {
  private static final Mirrors MIRRORS =
      new Mirrors(
          Optional.of("https://Npm.example:8443/npm/"), Optional.of("http://debian.example"));

  @Test
  void whoMayReachThePublicRegistryMayReachWhatIsInItsPlace() {
    assertThat(MIRRORS.addTo(NetworkPolicy.STARTER))
        .isEqualTo(NetworkPolicy.STARTER.with(Set.of("npm.example:8443", "debian.example")));
    NetworkPolicy npm = new NetworkPolicy.Allow(Set.of("registry.npmjs.org"));
    assertThat(MIRRORS.addTo(npm))
        .isEqualTo(new NetworkPolicy.Allow(Set.of("registry.npmjs.org", "npm.example:8443")));
    assertThat(MIRRORS.settings(npm))
        .isEqualTo(Map.of(".npmrc", "registry=https://Npm.example:8443/npm/\n"));
  }

  @Test
  void whoMayNotIsLeftAsItIs() {
    NetworkPolicy other = new NetworkPolicy.Allow(Set.of("other.example"));
    assertThat(MIRRORS.addTo(other)).isEqualTo(other);
    assertThat(MIRRORS.settings(other)).isEmpty();
    assertThat(MIRRORS.addTo(NetworkPolicy.NONE)).isEqualTo(NetworkPolicy.NONE);
    assertThat(MIRRORS.settings(NetworkPolicy.NONE)).isEmpty();
    assertThat(MIRRORS.addTo(NetworkPolicy.OPEN)).isEqualTo(NetworkPolicy.OPEN);
  }

  @Test
  void whatIsNoAddressAddsNothing() {
    Mirrors odd = new Mirrors(Optional.of("not an address"), Optional.of("http://[::1]"));
    assertThat(odd.addTo(NetworkPolicy.STARTER)).isEqualTo(NetworkPolicy.STARTER);
    assertThat(new Mirrors(Optional.empty(), Optional.empty()).addTo(NetworkPolicy.STARTER))
        .isEqualTo(NetworkPolicy.STARTER);
  }
}
