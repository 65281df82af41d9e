package dev.dispense.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.cli.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownSettingsTest {
  @TempDir private Path temporary;

  @Test
  void a_variable_that_was_mistyped_is_told_once_and_the_command_goes_on() {
    try (Workbench bench =
        Workbench.inRepository(temporary)
            .with("DISPENSE_POOL_SZIE", "2")
            .with("DISPENSE_HOME", "/state")
            .with("DISPENSE_LAUNCHER", "")) {
      for (Workbench.Outcome outcome : List.of(bench.run("new", "-n", "x"), bench.run("list"))) {
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.err())
            .containsOnlyOnce(
                "Note: DISPENSE_POOL_SZIE has no effect, as there is no setting of that name."
                    + " Did you mean: DISPENSE_POOL_SIZE?\n")
            .doesNotContain("DISPENSE_HOME", "DISPENSE_LAUNCHER");
      }
    }
  }

  @Test
  void a_setting_that_was_mistyped_is_told() {
    Workbench bench =
        Workbench.inRepository(temporary)
            .withSettings("docker.base-imgae", "agents", "x\u001B[31m", "y1", "y2", "y3", "y4");

    Workbench.Outcome outcome = bench.run("list");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err())
        .contains(
            "docker.base-imgae in config.properties has no effect", "mean: docker.base-image?")
        .contains("mean: agent?", "Note: 2 more have none either.")
        .contains("There is: agent, anthropic.api-key, ", ", route.NAME.url.")
        .doesNotContain("\u001B");
  }

  @Test
  void settings_of_routes_have_names_of_the_user_and_can_be_mistyped_all_the_same() {
    try (Workbench bench =
        Workbench.inRepository(temporary)
            .withSettings("route.npm.url", "route.npm.header.X-Token", "route.npm.headers.X-Token")
            .with("DISPENSE_ROUTE_NPM", "http://127.0.0.1:3129/npm-00000000")
            .with("DISPENSE_ROUTE_NPM_URL", "https://npm.example.com")
            .with("DISPENSE_ROUTE_NPM_HEADER_X_TOKEN", "env:TOKEN")
            .with("DISPENSE_ROUTE_NPM_URI", "https://npm.example.com")) {
      assertThat(bench.run("list").err().lines())
          .filteredOn(line -> line.startsWith("Note: "))
          .hasSize(2)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains("DISPENSE_ROUTE_NPM_URI has no effect")
                      .contains("Did you mean: DISPENSE_ROUTE_NAME_URL?"))
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains("route.npm.headers.X-Token in config.properties has no effect")
                      .contains("Did you mean: route.NAME.header.HEADER?"));
    }
  }

  @Test
  void all_settings_that_anything_reads_are_known() throws IOException {
    Pattern use = Pattern.compile("(?:setting\\(|SETTING =)\\s*\"([a-z][a-z.-]+)\"");
    Set<String> used = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (file.toString().matches("\\.\\./dispense-(?!testkit)[^/]+/src/main/.*")) {
          Matcher matcher = use.matcher(Files.readString(file));
          while (matcher.find()) {
            used.add(matcher.group(1));
          }
        }
      }
    }
    String readme = Files.readString(Path.of("../README.md"));

    assertThat(KnownSettings.NAMES).isSorted().containsAll(used);
    assertThat(KnownSettings.NAMES).allSatisfy(name -> assertThat(readme).contains("`" + name));
    assertThat(used).hasSizeGreaterThan(KnownSettings.NAMES.size() / 2);
  }
}
