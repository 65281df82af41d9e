package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.NetworkPolicy;
import dev.dispense.Resources;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.SandboxState;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.TaskState;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.ScriptedAgent;
import dev.dispense.testkit.UnisolatedProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox has no memory or no room on its disk left while an agent works in it. */
class ExhaustionIT {
  private final String name = "exhausted-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir Path root;

  private CommandLine.Outcome run(String... argv) {
    return new CommandLine(root, Map.of()).run(List.of(argv));
  }

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

      assertThat(info.state()).isEqualTo(TaskState.FAILED);
      assertThat(info.exitCode()).hasValue(128 + 9);
      assertThat(info.message()).contains("exited with 137");
      assertThat(scene.listed().map(SandboxInfo::state)).contains(SandboxState.RUNNING);
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
    Path disk = Files.createDirectories(root.resolve("machines"));
    CommandLine.Outcome mounted =
        run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString());
    if (mounted.exitCode() != 0) {
      String reason = "A disk cannot be mounted here: " + mounted.stderr();
      assertThat(System.getenv("CI")).as(reason).isNotEqualTo("true");
      Assumptions.abort(reason);
    }
    try (Dispense dispense = scene.open();
        Sandbox sandbox = dispense.create(scene.spec(scene.ofRepository()))) {
      scene.work(sandbox);
      Task task = sandbox.run(TaskSpec.of("Work"));
      while (task.info().state() != TaskState.RUNNING) {
        Thread.onSpinWait();
      }
      Path go = disk.resolve(name).resolve("workspace/go");
      Path filling = fill(disk);
      Files.createSymbolicLink(go, Path.of("README.md"));

      TaskState end = task.await().state();
      assertThat(end).isIn(TaskState.LOST, TaskState.FAILED);
      assertThat(task.info().state()).isEqualTo(end);
      assertThat(scene.listed().map(SandboxInfo::state)).contains(SandboxState.RUNNING);

      Files.delete(filling);
      Files.delete(go);
      assertThat(task.info().state()).isEqualTo(end);
      sandbox.delete();
      assertThat(scene.git("show", "refs/dispense/" + name + "/work:left.txt"))
          .isEqualTo("uncommitted\n");
      scene.checkNothingIsLeft();
    } finally {
      run("umount", "--lazy", disk.toString()).succeeds();
    }
  }

  private static Path fill(Path disk) throws IOException {
    Path filling = disk.resolve(".filling");
    try (OutputStream out = Files.newOutputStream(filling)) {
      while (true) {
        out.write(new byte[512]);
      }
    } catch (IOException e) {
      return filling;
    }
  }
}
