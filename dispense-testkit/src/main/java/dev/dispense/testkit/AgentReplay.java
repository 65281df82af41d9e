package dev.dispense.testkit;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.SandboxSpec;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Software;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An agent that writes what another one has written, and is understood as that one is: so a task
 * shows what becomes of such output, without the program and without a key. Closing it deletes the
 * sandbox.
 */
final class AgentReplay implements Agent, AutoCloseable {
  private final Agent agent;
  private final Launch launch;
  private final Path output;
  private final int exitCode;
  private final Dispense dispense;

  /**
   * @param launch how the other one is started, for its end markers
   * @param directory an existing directory for all that it keeps
   * @param lines what is written
   * @param exitCode how the program ends then
   */
  AgentReplay(Agent agent, Launch launch, Path directory, List<String> lines, int exitCode)
      throws IOException {
    this.agent = agent;
    this.launch = launch;
    this.exitCode = exitCode;
    Path root = Files.createTempDirectory(directory, "replay");
    output = Files.write(root.resolve("output"), lines);
    String path = Environment.current().variables().getOrDefault("PATH", "");
    dispense =
        Dispense.builder()
            .environment(
                Environment.in(root)
                    .withVariables(Map.of("PATH", path))
                    .withSettings(Map.of("provider", UnisolatedProvider.ID, "agent", agent.id()))
                    .withStateDirectory(root.resolve("state"))
                    .withCacheDirectory(root.resolve("cache"))
                    .withUserName("tester"))
            .withoutClassPath()
            .plugin(new UnisolatedProviderFactory(root.resolve("machines")))
            .plugin(this)
            .build();
  }

  /** Gives it a task, and returns how that ended. */
  TaskInfo run() {
    return dispense.withSandbox(
        SandboxSpec.builder("replay").build(),
        sandbox -> sandbox.run(TaskSpec.of("Whatever")).await());
  }

  @Override
  public void close() {
    dispense.close();
  }

  @Override
  public String id() {
    return agent.id();
  }

  @Override
  public String displayName() {
    return agent.displayName();
  }

  @Override
  public List<Software> software(Environment host) {
    return List.of(new Software(id(), "1", "echo 1", "true", Map.of()));
  }

  @Override
  public Launch launch(Request request) {
    String script = "cat \"$1\"; exit \"$2\"";
    return Launch.builder(List.of("sh", "-c", script, "sh", output.toString(), "" + exitCode))
        .endMarker(launch.endMarker())
        .grace(launch.grace())
        .build();
  }

  @Override
  public boolean reportsResult() {
    return agent.reportsResult();
  }

  @Override
  public Parser parser() {
    return agent.parser();
  }

  @Override
  public Verdict assess(Ending ending) {
    return agent.assess(ending);
  }

  @Override
  public Optional<String> credential(Environment host) {
    return Optional.empty();
  }
}
