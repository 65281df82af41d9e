package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
  @TempDir Path home;

  private Environment host(Map<String, String> environment) {
    return Environment.of(environment, home, "ada", Clock.systemUTC());
  }

  @Test
  void followsTheXdgDirectories() {
    assertThat(host(Map.of()).stateDirectory()).isEqualTo(home.resolve(".local/state/dispense"));
    assertThat(host(Map.of("XDG_STATE_HOME", "/state")).stateDirectory())
        .isEqualTo(Path.of("/state/dispense"));
    assertThat(host(Map.of("XDG_STATE_HOME", "relative")).stateDirectory())
        .isEqualTo(home.resolve(".local/state/dispense"));
  }

  @Test
  void putsStateWhereDispenseHomeSays() {
    assertThat(host(Map.of("DISPENSE_HOME", "/x", "XDG_STATE_HOME", "/y")).stateDirectory())
        .isEqualTo(Path.of("/x"));
    assertThat(host(Map.of("DISPENSE_HOME", "")).stateDirectory())
        .isEqualTo(home.resolve(".local/state/dispense"));
  }

  @Test
  void prefersTheEnvironmentToTheSettingsFile() throws Exception {
    Path file = home.resolve(".config/dispense/config.properties");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "docker.base-image = debian:sid\nagent=\n");
    assertThat(host(Map.of()).setting("docker.base-image")).contains("debian:sid");
    assertThat(host(Map.of("DISPENSE_DOCKER_BASE_IMAGE", "mine")).setting("docker.base-image"))
        .contains("mine");
    assertThat(host(Map.of()).setting("agent")).isEmpty();
  }

  @Test
  void doesNotPrintWhatMayBeAKey() {
    Environment host =
        Environment.in(home)
            .withVariables(Map.of("ANTHROPIC_API_KEY", "canary-1"))
            .withSettings(Map.of("anthropic.api-key", "canary-2"))
            .withStateDirectory(home)
            .withCacheDirectory(home)
            .withUserName("ada");

    assertThat(host.toString()).contains("ada").doesNotContain("canary");
  }

  @Test
  void saysWhichSettingsFileItCannotRead() throws Exception {
    Path file = home.resolve(".config/dispense/config.properties");
    Files.createDirectories(file);
    assertThatThrownBy(() -> host(Map.of()))
        .isInstanceOf(DispenseException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void takesAnEmptyVariableForAnAbsentOne() {
    assertThat(host(Map.of("A", "", "B", "b")).variable("A")).isEmpty();
    assertThat(host(Map.of("A", "", "B", "b")).variable("B")).contains("b");
  }

  @Test
  void theHomeDirectoryIsWhatHomeSaysAsForGit() {
    assertThat(Environment.home(Map.of("HOME", "/home/ada"), "/root"))
        .isEqualTo(Path.of("/home/ada"));
    assertThat(Environment.home(Map.of("HOME", ""), "/root")).isEqualTo(Path.of("/root"));
    assertThatThrownBy(() -> Environment.home(Map.of(), "?"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Set HOME");
  }

  @Test
  void isMadeOfAnotherByWhatDiffers() {
    Environment first = Environment.in(home).withVariable("KEY", "one").withSetting("image", "a");
    Environment second = first.withVariable("KEY", "two").withStateDirectory(home.resolve("b"));

    assertThat(first.variable("KEY")).contains("one");
    assertThat(first.stateDirectory()).isEqualTo(home.resolve(".local/state/dispense"));
    assertThat(second.variable("KEY")).contains("two");
    assertThat(second.setting("image")).contains("a");
    assertThat(second.stateDirectory()).isEqualTo(home.resolve("b"));
    assertThat(second.withVariable("DISPENSE_IMAGE", "c").setting("image")).contains("c");
  }

  @Test
  void hasNothingOfThisProcessUnlessItIsTheCurrentOne() {
    assertThat(Environment.in(home).variables()).isEmpty();
    assertThat(Environment.in(home).settings()).isEmpty();
    assertThat(Environment.current().variables()).containsKey("PATH");
  }

  @Test
  void doesNotShowKeysWhenItIsPrinted() {
    assertThat(Environment.in(home).withVariable("KEY", "secret").withSetting("k", "hidden"))
        .asString()
        .doesNotContain("secret", "hidden");
  }
}
