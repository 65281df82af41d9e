package dev.dispense.git;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.testkit.crowd.ConcurrencyContract;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

class CrowdTest extends ConcurrencyContract {
  @Override
  protected Dispense.Builder dispense(Path directory) {
    return Dispense.builder()
        .environment(
            new Environment(
                Map.of("PATH", Environment.current().variable("PATH").orElseThrow()),
                Map.of("provider", UnisolatedProvider.ID),
                directory.resolve("state"),
                directory.resolve("cache"),
                directory.resolve("home"),
                "tester",
                Clock.systemUTC()))
        .plugin(new UnisolatedProviderFactory(directory.resolve("machines")));
  }
}
