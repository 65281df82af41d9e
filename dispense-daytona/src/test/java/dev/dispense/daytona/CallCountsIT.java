package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskSpec;
import dev.dispense.spi.Agent;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How often the service is asked, which costs time, and which it limits. */
@RequiresDocker
@RequiresProgram("docker")
class CallCountsIT {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  /** The creation, the directories, and what the checkout of a source takes. */
  private static final int NEW = 9;

  /** The start, and the wait, which is asked for anew every 15 seconds. */
  private static final int TASK = 4;

  @TempDir Path home;
  private int seen;

  /** Returns the calls since the last time, but for looks at a sandbox that is on its way. */
  private List<String> calls() {
    List<String> all = SERVICE.calls();
    List<String> now = all.subList(seen, all.size());
    seen = all.size();
    return now.stream().filter(call -> !call.matches("GET /api/sandbox/[^?]*")).toList();
  }

  @Test
  void eachOperationAsksNoMoreOftenThanItMust() throws IOException {
    Path project = Files.createDirectories(home.resolve("project"));
    Files.writeString(project.resolve("README"), "Read me.\n");
    try (Dispense dispense = open();
        Sandbox sandbox =
            dispense.create(
                SandboxSpec.builder("counted").source(Source.directory(project)).build())) {
      assertThat(calls()).as("a new sandbox with a source").hasSizeLessThanOrEqualTo(NEW);

      assertThat(sandbox.exec(Command.of("true")).isSuccess()).isTrue();
      assertThat(calls()).as("a command").hasSize(1);

      assertThat(sandbox.run(TaskSpec.of("Work.")).await(Duration.ofMinutes(1))).isNotNull();
      assertThat(calls()).as("a task to its end").hasSizeLessThanOrEqualTo(TASK);

      assertThat(sandbox.tasks()).hasSize(1);
      assertThat(calls()).as("the status").hasSize(1);

      sandbox.stop(Duration.ZERO);
      assertThat(calls()).as("a stop").hasSize(1);

      sandbox.start();
      assertThat(calls()).as("a start").hasSize(2);

      assertThat(dispense.list()).hasSize(1);
      assertThat(calls()).as("a list").hasSize(1);

      sandbox.forceDelete();
      assertThat(calls().stream().filter(call -> call.startsWith("DELETE")))
          .as("a deletion")
          .hasSize(1);
    }
  }

  private Dispense open() {
    Agent agent = ScriptedAgent.builder("scripted").succeed("Done.").build();
    return Dispense.builder()
        .environment(
            Environment.in(home)
                .withVariables(Map.of("PATH", "/usr/local/bin:/usr/bin:/bin"))
                .withSettings(Map.of("provider", FakeProviderFactory.ID, "agent", "scripted"))
                .withStateDirectory(home.resolve("state"))
                .withCacheDirectory(home.resolve("cache"))
                .withUserName("ada"))
        .plugin(new FakeProviderFactory(SERVICE, home))
        .plugin(agent)
        .build();
  }
}
