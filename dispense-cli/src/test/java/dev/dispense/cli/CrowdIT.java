package dev.dispense.cli;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.crowd.ConcurrencyContract;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;

/** Worktrees in containers. The numbers are small, as each container takes a second to make. */
@RequiresDocker
class CrowdIT extends ConcurrencyContract {
  @Override
  protected Dispense.Builder dispense(Path directory) {
    Map<String, String> environment = new TreeMap<>(Environment.current().environment());
    environment.keySet().removeIf(name -> name.matches("(ANTHROPIC|CLAUDE)_.*"));
    return Dispense.builder()
        .environment(
            new Environment(
                environment,
                Map.of("provider", "docker"),
                directory.resolve("state"),
                directory.resolve("cache"),
                directory.resolve("home"),
                "tester",
                Clock.systemUTC()));
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
