package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.NetworkPolicy;
import dev.dispense.Resources;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox has no memory or no room on its disk left while an agent works in it. */
@RequiresProgram({"docker", "mount", "umount"})
class ExhaustionIT {
  private final String name = "exhausted-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir Path root;

  @Test
  @RequiresDocker
  void anAgentThatWasKilledForItsMemoryHasFailedAndItsWorkIsKept() {
    CrashScene scene =
        new CrashScene(root, "docker", name, ScriptedAgent.builder().runPrompt().build()).build();
    SandboxSpec spec =
        SandboxSpec.builder(name)
            .source(scene.ofRepository())
            .network(NetworkPolicy.NONE)
            .resources(Resources.DEFAULT.withMemoryBytes(64L << 20))
            .build();
    try (Dispense dispense = scene.open();
        Sandbox sandbox = dispense.create(spec)) {
      scene.work(sandbox);
      TaskInfo info = sandbox.run(TaskSpec.of("exec tail /dev/zero")).await();

      assertThat(info.state()).isEqualTo(TaskInfo.State.FAILED);
      assertThat(info.exitCode()).hasValue(128 + 9);
      assertThat(info.message()).contains("exited with 137");
      assertThat(scene.listed().map(SandboxInfo::state)).contains(SandboxInfo.State.RUNNING);
      sandbox.delete();
    }
    assertThat(scene.git("show", "refs/dispense/" + name + "/work:left.txt"))
        .isEqualTo("uncommitted\n");
    scene.checkNothingIsLeft();
  }

  @Test
  void aTaskWhoseEndFindsNoRoomOnTheDiskIsNoSuccess() throws IOException {
    CrashScene scene =
        new CrashScene(
                root,
                UnisolatedProvider.ID,
                name,
                ScriptedAgent.builder().say("Begun.").awaitFile("go").succeed("Done.").build())
            .build();
    Path machines = root.resolve("machines");
    try (SmallDisk disk = SmallDisk.at(machines, 2);
        Dispense dispense = scene.open();
        Sandbox sandbox = dispense.create(scene.spec(scene.ofRepository()))) {
      scene.work(sandbox);
      Task task = sandbox.run(TaskSpec.of("Work"));
      CrashScene.awaitRunning(task);
      Path go = machines.resolve(name).resolve("workspace/go");
      Path filling = disk.fill();
      Files.createSymbolicLink(go, Path.of("README.md"));

      TaskInfo.State end = task.await().state();
      assertThat(end).isIn(TaskInfo.State.LOST, TaskInfo.State.FAILED);
      assertThat(task.info().state()).isEqualTo(end);
      assertThat(scene.listed().map(SandboxInfo::state)).contains(SandboxInfo.State.RUNNING);

      Files.delete(filling);
      Files.delete(go);
      assertThat(task.info().state()).isEqualTo(end);
      sandbox.delete();
      assertThat(scene.git("show", "refs/dispense/" + name + "/work:left.txt"))
          .isEqualTo("uncommitted\n");
      scene.checkNothingIsLeft();
    }
  }
}
