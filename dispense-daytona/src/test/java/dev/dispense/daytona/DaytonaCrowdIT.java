package dev.dispense.daytona;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.daytona.sandbox.RemoteSandbox;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.crowd.ConcurrencyContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The numbers are small, as the service stands on this machine with all of its sandboxes. */
@RequiresDocker
@RequiresProgram("docker")
class DaytonaCrowdIT extends ConcurrencyContract {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  @Override
  protected Dispense.Builder dispense(Path directory) {
    return Dispense.builder()
        .environment(
            Environment.in(directory.resolve("home"))
                .withVariables(environment(directory.resolve("service")))
                .withSettings(Map.of("provider", RemoteSandbox.DAYTONA))
                .withStateDirectory(directory.resolve("state"))
                .withCacheDirectory(directory.resolve("cache"))
                .withUserName("tester"));
  }

  /** Says where the service is; it runs in the first process, which writes that down for others. */
  private static Map<String, String> environment(Path written) {
    try {
      if (SERVICE.isStarted()) {
        Map<String, String> environment = SERVICE.host(written).variables();
        Files.write(
            written,
            List.of(
                environment.getOrDefault("DAYTONA_API_URL", ""),
                environment.getOrDefault("DAYTONA_API_KEY", "")));
      }
      List<String> lines = Files.readAllLines(written);
      return Map.of(
          "PATH",
          System.getenv("PATH"),
          "DAYTONA_API_URL",
          lines.get(0),
          "DAYTONA_API_KEY",
          lines.get(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected int crowd() {
    return 3;
  }

  @Override
  protected int tasks() {
    return 10;
  }

  @Override
  protected int outputMebibytes() {
    return 8;
  }

  @Override
  protected int lineMegabytes() {
    return 20;
  }

  /** What a command has written comes in large pieces, which are text on their way. */
  @Override
  protected int heapMebibytes() {
    return 128;
  }

  @Override
  protected boolean testsAgents() {
    return false;
  }
}
