package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.spi.Agent;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two people, each on a machine of their own, with one sandbox. */
@RequiresDocker
@RequiresProgram("docker")
class SharedSandboxIT {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path home;

  @Test
  void theirClientsDoNotDisturbEachOthersTasks() {
    try (Dispense ada = member("ada");
        Dispense bob = member("bob");
        Sandbox hers =
            ada.create(
                SandboxSpec.builder("shared").provider("daytona").agent("scripted").build())) {
      Task first = hers.run(TaskSpec.of("wait for it"));
      try (Sandbox his = bob.sandbox("shared")) {
        assertThat(his.info().owner()).isEqualTo("ada");
        Task second = his.run(TaskSpec.of("his"));
        assertThat(second.info().id()).isEqualTo(2);
        assertThat(hers.tasks()).extracting(TaskInfo::id).containsExactly(1, 2);

        second.cancel();
        assertThat(second.await(PATIENCE).state()).isEqualTo(TaskInfo.State.CANCELLED);
        assertThat(first.info().state()).isEqualTo(TaskInfo.State.RUNNING);
      }
      // He has left; what she began goes on, and he can look at it again.
      hers.exec(dev.dispense.Command.of("touch", "go"));
      assertThat(first.await(PATIENCE).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      try (Sandbox his = bob.sandbox("shared")) {
        assertThat(his.task(1).info().state()).isEqualTo(TaskInfo.State.SUCCEEDED);
        assertThat(his.task(2).info().state()).isEqualTo(TaskInfo.State.CANCELLED);
      }
      hers.forceDelete();
      assertThat(bob.list()).isEmpty();
    }
  }

  private Dispense member(String name) {
    Environment host = SERVICE.host(home.resolve(name));
    Agent agent = ScriptedAgent.builder("scripted").awaitFile("go").succeed("Done.").build();
    return Dispense.builder()
        .withoutClassPath()
        .environment(
            Environment.in(home.resolve(name))
                .withVariables(host.variables())
                .withStateDirectory(home.resolve(name).resolve("state"))
                .withCacheDirectory(home.resolve(name).resolve("cache"))
                .withUserName(name))
        .plugin(new DaytonaProviderFactory())
        .plugin(agent)
        .build();
  }
}
