package dev.dispense.git;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.testkit.crowd.ConcurrencyContract;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.nio.file.Path;
import java.util.Map;

class CrowdTest extends ConcurrencyContract {
  @Override
  protected Dispense.Builder dispense(Path directory) {
    return Dispense.builder()
        .environment(
            Environment.in(directory.resolve("home"))
                .withVariables(Map.of("PATH", Environment.current().variable("PATH").orElseThrow()))
                .withSettings(Map.of("provider", UnisolatedProvider.ID))
                .withStateDirectory(directory.resolve("state"))
                .withCacheDirectory(directory.resolve("cache"))
                .withUserName("tester"))
        .plugin(new UnisolatedProviderFactory(directory.resolve("machines")));
  }
}
