package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.testkit.LeakCheck;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A repository goes up, an agent works on it without this client, and the work comes back. */
@RequiresDocker
@ExtendWith(LeakCheck.class)
@RequiresProgram("docker")
class RemoteWorkIT {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  @TempDir Path temporary;

  private Dispense open() {
    Path state = temporary.resolve("state");
    return Dispense.builder()
        .environment(
            Environment.in(temporary)
                .withVariables(Map.of("PATH", "/usr/local/bin:/usr/bin:/bin"))
                .withSettings(Map.of("provider", FakeProviderFactory.ID, "agent", ScriptedAgent.ID))
                .withStateDirectory(state)
                .withCacheDirectory(temporary.resolve("cache"))
                .withUserName("ada"))
        .plugin(new FakeProviderFactory(SERVICE, temporary))
        .plugin(
            ScriptedAgent.builder()
                .awaitFile("go")
                .write("made.txt", "by the agent\n")
                .succeed("Done.")
                .build())
        .build();
  }

  @Test
  void aTaskGoesOnWithoutTheClientAndItsWorkComesBack() throws IOException {
    Path project = Files.createDirectories(temporary.resolve("project"));
    Files.writeString(project.resolve("README"), "Read me.\n");
    try (Dispense dispense = open();
        Sandbox sandbox =
            dispense.create(
                SandboxSpec.builder("remote").source(Source.directory(project)).build())) {
      assertThat(sandbox.run(TaskSpec.of("Make a file.")).id()).isEqualTo(1);
    }
    try (Dispense dispense = open();
        Sandbox sandbox = dispense.sandbox("remote")) {
      assertThat(dispense.list()).hasSize(1);
      int before = SERVICE.calls().size();
      List<TaskInfo> tasks = sandbox.tasks();
      assertThat(SERVICE.calls()).as("calls for the status").hasSize(before + 1);
      assertThat(tasks).extracting(TaskInfo::state).containsExactly(TaskInfo.State.RUNNING);

      assertThat(sandbox.exec(Command.of("touch", "go")).isSuccess()).isTrue();
      assertThat(sandbox.task(1).await().state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      ByteArrayOutputStream diff = new ByteArrayOutputStream();
      sandbox.changes().writeDiff(diff);
      assertThat(diff.toString(StandardCharsets.UTF_8)).contains("+by the agent");
      sandbox.forceDelete();
    }
    try (Dispense dispense = open()) {
      assertThat(dispense.list()).isEmpty();
    }
  }
}
