package dev.dispense.cli;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.crowd.ConcurrencyContract;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Worktrees in containers. The numbers are small, as each container takes a second to make. */
@RequiresDocker
class CrowdIT extends ConcurrencyContract {
  @Override
  protected Dispense.Builder dispense(Path directory) {
    Map<String, String> environment = new TreeMap<>(Environment.current().variables());
    environment.keySet().removeIf(name -> name.matches("(ANTHROPIC|CLAUDE)_.*"));
    return Dispense.builder()
        .environment(
            Environment.in(directory.resolve("home"))
                .withVariables(environment)
                .withSettings(Map.of("provider", "docker"))
                .withStateDirectory(directory.resolve("state"))
                .withCacheDirectory(directory.resolve("cache"))
                .withUserName("tester"));
  }

  @Override
  protected int crowd() {
    return 5;
  }

  @Override
  protected int tasks() {
    return 50;
  }

  @Override
  protected int outputMebibytes() {
    return 64;
  }
}
