package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk that the engine keeps its containers on is full. */
@RequiresDocker
@RequiresProgram({"docker", "dockerd", "containerd", "unshare", "mount", "umount"})
class EngineDiskIT {
  private static final String IMAGE =
      System.getenv().getOrDefault("DISPENSE_DOCKER_BASE_IMAGE", "debian:bookworm-slim");
  private static final String FILL = "cat /dev/zero > /tmp/filling";

  private static OwnEngine engine;
  @TempDir Path root;

  @BeforeAll
  static void startEngineOnASmallDisk() throws IOException {
    OwnEngine.missing().ifPresent(Requirement::missing);
    Path home = Files.createTempDirectory("dispense-engine");
    // Unmounted by the engine's own end.
    SmallDisk unused = SmallDisk.at(home.resolve("data"), 900);
    engine = new OwnEngine(home);
    engine.start();
    engine.load(IMAGE);
  }

  @AfterAll
  static void stopEngine() {
    if (engine != null) {
      engine.close();
    }
  }

  @Test
  void theWorkIsKeptAndWhatCannotBeDoneIsSaid() {
    CrashScene scene =
        new CrashScene(
                root,
                "docker",
                "full",
                ScriptedAgent.builder().say("Begun.").awaitFile("go").succeed("Done.").build())
            .at(engine.address(), IMAGE)
            .build();
    try (Dispense dispense = scene.open();
        Sandbox sandbox = dispense.create(scene.spec(scene.ofRepository()))) {
      scene.work(sandbox);
      Task task = sandbox.run(TaskSpec.of("Work"));
      CrashScene.awaitRunning(task);
      assertThat(sandbox.exec(Command.of("sh", "-c", FILL)).stderr()).contains("No space left");
      run(sandbox, "touch go");

      TaskInfo.State end = task.await().state();
      assertThat(end).isIn(TaskInfo.State.LOST, TaskInfo.State.FAILED);
      assertThat(scene.listed().map(SandboxInfo::state)).contains(SandboxInfo.State.RUNNING);
      assertThatThrownBy(() -> sandbox.run(TaskSpec.of("Work on")))
          .isInstanceOf(DispenseException.class)
          .hasMessageContaining("see whether the disk of the sandbox is full");
      assertDeletionRefused(sandbox, "no room for temporary files");
      // There is room now, but not for all of the work.
      run(sandbox, "truncate -s -1M /tmp/filling && head -c 5000000 /dev/urandom > large");
      assertDeletionRefused(sandbox, "no room for what the agent left uncommitted");

      run(sandbox, "rm /tmp/filling");
      assertThat(task.info().state()).isEqualTo(end);
      assertThat(sandbox.run(TaskSpec.of("Work on")).await().state())
          .isEqualTo(TaskInfo.State.SUCCEEDED);
      sandbox.delete();
    }
    assertThat(scene.git("show", "refs/dispense/full/work:left.txt")).isEqualTo("uncommitted\n");
    assertThat(scene.git("cat-file", "-s", "refs/dispense/full/work:large")).isEqualTo("5000000\n");
    scene.checkRepository();
    scene.checkNothingIsLeft();
  }

  private static void run(Sandbox sandbox, String script) {
    assertThat(sandbox.exec(Command.of("sh", "-c", script)).isSuccess()).isTrue();
  }

  private static void assertDeletionRefused(Sandbox sandbox, String reason) {
    assertThatThrownBy(sandbox::delete)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("Nothing was deleted");
  }

  @Test
  void whatCannotBeCreatedLeavesNothingBehind() {
    CrashScene scene = new CrashScene(root, "docker", "late").at(engine.address(), IMAGE).build();
    assertThat(
            engine.docker("run", "--name=filling", "--net=none", IMAGE, "sh", "-c", FILL).stderr())
        .contains("No space left");

    try (Dispense dispense = scene.open()) {
      assertThatThrownBy(() -> dispense.create(scene.spec(scene.ofRepository())))
          .isInstanceOf(DispenseException.class)
          .hasMessageContaining("no space left");
    }

    assertThat(scene.git("worktree", "list").lines()).hasSize(1);
    assertThat(engine.docker("rm", "-f", "filling").exitCode()).isZero();
    scene.checkNothingIsLeft();
    scene.checkRepository();
  }
}
