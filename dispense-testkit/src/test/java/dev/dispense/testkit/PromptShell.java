package dev.dispense.testkit;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.TaskEvent;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Software;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * An agent whose prompts are shell programs. A line {@code END ok} or {@code END bad} is its last
 * word; {@code SESSION x} names its session; it wants the variable {@code SHELL_KEY}.
 */
final class PromptShell implements Agent {
  /** Opens the library with this agent, in sandboxes without isolation below {@code root}. */
  static Dispense open(Path root, String key) {
    Environment host =
        Environment.in(root)
            .withVariables(Map.of("SHELL_KEY", key, "PATH", System.getenv("PATH")))
            .withSettings(Map.of("provider", UnisolatedProvider.ID, "agent", "prompt-shell"))
            .withStateDirectory(root.resolve("state"))
            .withCacheDirectory(root.resolve("cache"))
            .withUserName("ada");
    return Dispense.builder()
        .environment(host)
        .plugin(new UnisolatedProviderFactory(root.resolve("machines")))
        .plugin(new PromptShell())
        .build();
  }

  @Override
  public String id() {
    return "prompt-shell";
  }

  @Override
  public String displayName() {
    return "Prompt Shell";
  }

  @Override
  public List<Software> software(Environment host) {
    return List.of(new Software("sh", "1", "echo 'sh 1'", "exit 1", Map.of()));
  }

  @Override
  public Launch launch(Request request) {
    return new Launch(
        List.of("sh", "-s", request.resumeSession().orElse("none")),
        Map.of("MODEL", request.model().orElse("default"), "ROOT", String.valueOf(request.root())),
        Map.of(
            "SHELL_KEY",
            request
                .secret("SHELL_KEY")
                .orElseThrow(() -> new UnavailableException("Set SHELL_KEY."))),
        Map.of("KEY_DESCRIPTOR", request.secret("SHELL_KEY").orElseThrow()),
        List.of(),
        List.of("END", " "),
        Duration.ofSeconds(1));
  }

  @Override
  public Parser parser() {
    return line -> {
      if (line.startsWith("SESSION ")) {
        return List.of(new TaskEvent.SessionStarted(line.substring(8), "sh", Optional.empty()));
      } else if (line.startsWith("END ")) {
        return List.of(
            new TaskEvent.Result(
                line.equals("END ok"),
                line,
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty()));
      }
      return List.of(new TaskEvent.Raw(line));
    };
  }

  @Override
  public Verdict assess(Ending ending) {
    return ending.lastResult().filter(TaskEvent.Result::success).isPresent()
        ? Verdict.SUCCESS
        : Verdict.failure("No END ok. " + ending.errorOutput());
  }

  @Override
  public Optional<String> credential(Environment host) {
    return host.variable("SHELL_KEY").map(key -> "SHELL_KEY");
  }
}
