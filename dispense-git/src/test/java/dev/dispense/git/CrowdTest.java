package dev.dispense.git;

import dev.dispense.Dispense;
import dev.dispense.Host;
import dev.dispense.testkit.crowd.CrowdContract;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

class CrowdTest extends CrowdContract {
  @Override
  protected Dispense.Builder dispense(Path directory) {
    return Dispense.builder()
        .host(
            new Host(
                Map.of("PATH", Host.current().variable("PATH").orElseThrow()),
                Map.of("provider", UnisolatedProvider.ID),
                directory.resolve("state"),
                directory.resolve("cache"),
                directory.resolve("home"),
                "tester",
                Clock.systemUTC()))
        .plugin(new UnisolatedProviderFactory(directory.resolve("machines")));
  }
}
