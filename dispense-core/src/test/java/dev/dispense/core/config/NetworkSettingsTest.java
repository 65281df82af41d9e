package dev.dispense.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Source;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.spi.SourceProvider;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkSettingsTest {
  private static final NetworkPolicy.Allow STARTER = NetworkPolicy.STARTER;

  private final Map<String, String> environment = new HashMap<>();
  private final List<String> notices = new ArrayList<>();
  private NetworkPolicy ofProvider = STARTER;

  private NetworkPolicy policy(String projectText) {
    Path nowhere = Path.of("/nowhere");
    Environment host =
        Environment.in(nowhere)
            .withVariables(environment)
            .withStateDirectory(nowhere)
            .withCacheDirectory(nowhere)
            .withUserName("ada");
    SourceProvider sources =
        answering(SourceProvider.class, Optional.of(projectText).filter(it -> !it.isEmpty()));
    return new NetworkSettings(
            host,
            answering(SandboxProvider.class, ofProvider),
            new Progress.Listener() {
              @Override
              public void onProgress(Progress progress) {}

              @Override
              public void onNotice(String notice) {
                notices.add(notice);
              }
            })
        .policy(Optional.of(sources), Optional.of(Source.directory(Path.of("/project"))));
  }

  /** Answers every question in the same way. */
  private static <T> T answering(Class<T> type, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> answer));
  }

  @Test
  void isTheProvidersUnlessTheUserSaysOtherwise() {
    assertThat(policy("")).isEqualTo(STARTER);
    ofProvider = NetworkPolicy.OPEN;
    assertThat(policy("")).isEqualTo(NetworkPolicy.OPEN);
    environment.put("DISPENSE_NETWORK", "none");
    assertThat(policy("")).isEqualTo(NetworkPolicy.NONE);
    environment.put("DISPENSE_NETWORK", "allow");
    environment.put("DISPENSE_NETWORK_HOSTS", "a.example, .b.example\nc.example:8443");
    assertThat(policy(""))
        .isEqualTo(STARTER.with(Set.of("a.example", ".b.example", "c.example:8443")));
  }

  @Test
  void aProjectAddsHostsAndThatIsTold() {
    assertThat(policy("network.hosts = nexus.example repo.example:8081\n"))
        .isEqualTo(STARTER.withPublic(Set.of("nexus.example", "repo.example:8081")));
    assertThat(notices).singleElement().asString().contains("nexus.example repo.example:8081");
  }

  @Test
  void aProjectCanWantLessAndNotMoreThanTheUser() {
    assertThat(policy("network=none\n")).isEqualTo(NetworkPolicy.NONE);
    assertThat(policy("network=none\nnetwork.hosts=a.example\n"))
        .isEqualTo(new NetworkPolicy.Allow(Set.of("a.example"), Set.of("a.example")));
    environment.put("DISPENSE_NETWORK", "open");
    assertThat(policy("network=none\n")).isEqualTo(NetworkPolicy.NONE);
    assertThat(policy("network=allow\nnetwork.hosts=a.example\n")).isEqualTo(NetworkPolicy.OPEN);
    environment.put("DISPENSE_NETWORK", "none");
    assertThat(policy("network=allow\nnetwork.hosts=a.example\n")).isEqualTo(NetworkPolicy.NONE);
  }

  @Test
  void hostsOfOneSandboxAddToAListAndAreAllWhereThereIsNone() {
    Set<String> hosts = Set.of("a.example");
    assertThat(NetworkSettings.with(hosts, STARTER)).isEqualTo(STARTER.with(hosts));
    assertThat(NetworkSettings.with(hosts, NetworkPolicy.NONE))
        .isEqualTo(new NetworkPolicy.Allow(hosts));
    assertThat(NetworkSettings.with(Set.of(), NetworkPolicy.NONE)).isEqualTo(NetworkPolicy.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"network=open", "network=", "network.hosts=http://x", "network.hosts=a/b"})
  void refusesWhatAProjectCannotWant(String text) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> policy(text))
        .withMessageContaining("/project/.dispense.properties");
  }

  @Test
  void refusesAUsersSettingThatIsNotValid() {
    environment.put("DISPENSE_NETWORK", "closed");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> policy(""))
        .withMessageContaining("DISPENSE_NETWORK is 'closed', and can be allow, none or open");
    environment.put("DISPENSE_NETWORK", "allow");
    environment.put("DISPENSE_NETWORK_HOSTS", "*");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> policy(""))
        .withMessageContaining("DISPENSE_NETWORK_HOSTS");
  }
}
