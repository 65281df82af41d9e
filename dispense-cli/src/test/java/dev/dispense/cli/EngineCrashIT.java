package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.UnavailableException;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine is killed and started again. */
@RequiresDocker
@RequiresProgram({"docker", "dockerd", "containerd", "unshare"})
class EngineCrashIT {
  private static final String IMAGE =
      System.getenv().getOrDefault("DISPENSE_DOCKER_BASE_IMAGE", "debian:bookworm-slim");

  private static OwnEngine engine;
  @TempDir Path root;

  @BeforeAll
  static void startEngine() throws IOException {
    OwnEngine.missing().ifPresent(Requirement::missing);
    engine = new OwnEngine(Files.createTempDirectory("dispense-engine"));
    engine.start();
    engine.load(IMAGE);
  }

  @AfterAll
  static void stopEngine() {
    if (engine != null) {
      engine.close();
    }
  }

  private CrashScene scene(String name) {
    return new CrashScene(
            root, "docker", name, ScriptedAgent.builder().say("Begun.").hang().build())
        .at(engine.address(), IMAGE)
        .build();
  }

  @Test
  void whatRanWhenTheEngineWasKilledIsLostAndTheWorkIsKept() {
    CrashScene scene = scene("engine-killed");
    try (Dispense dispense = scene.open()) {
      Sandbox sandbox = dispense.create(scene.spec(scene.ofRepository()));
      scene.work(sandbox);
      Task task = sandbox.run(TaskSpec.of("Work for ever"));

      engine.kill();

      assertThatThrownBy(() -> task.info())
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("does not answer");
      assertThatThrownBy(sandbox::delete).hasMessageContaining("does not answer");
      assertThatThrownBy(dispense::list).isInstanceOf(UnavailableException.class);

      engine.start();

      while (sandbox.info().state() == SandboxInfo.State.PENDING) {
        LockSupport.parkNanos(5_000_000);
      }
      sandbox.start();
      assertThat(task.await().state()).isEqualTo(TaskInfo.State.LOST);
      assertThat(sandbox.exec(Command.of("cat", "left.txt")).stdout()).isEqualTo("uncommitted\n");
      sandbox.delete();
    }
    assertThat(scene.git("show", "refs/dispense/engine-killed/work:left.txt"))
        .isEqualTo("uncommitted\n");
    scene.checkRepository();
    scene.checkNothingIsLeft();
  }

  @Test
  void whatExpiresComesBackWithTheEngineUntilItsTimeIsUp() {
    CrashScene scene = scene("engine-stopped");
    SandboxSpec spec =
        scene.spec(scene.ofRepository()).toBuilder().expiresAfter(Duration.ofSeconds(8)).build();
    try (Dispense dispense = scene.open();
        Sandbox sandbox = dispense.create(spec)) {
      engine.stop();
      engine.start();

      await(sandbox, SandboxInfo.State.RUNNING);
      await(sandbox, SandboxInfo.State.STOPPED);
      engine.stop();
      engine.start();
      assertThat(sandbox.info().state()).isEqualTo(SandboxInfo.State.STOPPED);
      sandbox.delete();
    }
    scene.checkNothingIsLeft();
  }

  private static void await(Sandbox sandbox, SandboxInfo.State state) {
    while (sandbox.info().state() != state) {
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void whatAnEngineLeavesThatIsKilledDuringACreationIsRemoved() {
    CrashScene scene = scene("engine-killed-early");
    try (Dispense dispense =
        scene.open(
            step -> {
              if (step.equals("container created")) {
                engine.kill();
              }
            })) {
      assertThatThrownBy(() -> dispense.create(scene.spec(scene.ofRepository())))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("does not answer");
    }

    engine.start();

    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.GONE);
    List<Dispense.Orphan> found = new ArrayList<>();
    try (Dispense dispense = scene.open()) {
      dispense.gc(false, Set.of(scene.repository()), found::add);
    }
    assertThat(found)
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).contains("creation was cut off"))
        .satisfies(it -> assertThat(it.outcome()).isEqualTo(Dispense.Orphan.Outcome.REMOVED));
    scene.checkRepository();
    scene.checkNothingIsLeft();
  }
}
