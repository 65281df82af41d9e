package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.UnavailableException;
import dev.dispense.support.FileTree;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody else does to a container, or to what this machine keeps for it. */
@RequiresDocker
@RequiresProgram("docker")
class DamageIT {
  private final String name = "damage-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir Path root;
  private CrashScene scene;
  private Dispense dispense;
  private Sandbox sandbox;

  @BeforeEach
  void create() {
    scene =
        new CrashScene(root, "docker", name, ScriptedAgent.builder().say("Begun.").hang().build())
            .build();
    dispense = scene.open();
    sandbox = dispense.create(scene.spec(scene.ofRepository()));
    scene.work(sandbox);
  }

  @AfterEach
  void nothingIsLeft() {
    scene.listed().ifPresent(it -> dispense.sandbox(name).forceDelete());
    gc();
    dispense.close();
    scene.checkRepository();
    scene.checkNothingIsLeft();
  }

  private List<Dispense.Orphan> gc() {
    List<Dispense.Orphan> found = new ArrayList<>();
    dispense.gc(false, Set.of(scene.repository()), found::add);
    return found;
  }

  private void docker(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("docker"));
    argv.addAll(List.of(arguments));
    argv.add("dispense-" + name);
    new CommandLine(root, Map.of()).run(argv).succeeds();
  }

  private Task begin() {
    Task task = sandbox.run(TaskSpec.of("Work for ever"));
    CrashScene.awaitRunning(task);
    return task;
  }

  private String startTime() {
    return new CommandLine(root, Map.of())
        .run(List.of("docker", "inspect", "-f", "{{.State.StartedAt}}", "dispense-" + name))
        .stdout();
  }

  private void assertWorkIsKept() {
    assertThat(scene.git("show", "refs/dispense/" + name + "/work:left.txt"))
        .isEqualTo("uncommitted\n");
    assertThat(scene.git("show", "refs/dispense/" + name + "/head:agent.txt"))
        .isEqualTo("committed\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stop", "kill"})
  void whatRanInAContainerThatWasStoppedIsLost(String how) {
    Task task = begin();
    docker(how);

    assertThat(sandbox.info().state()).isEqualTo(SandboxInfo.State.STOPPED);
    assertThatThrownBy(task::info)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("is stopped or paused")
        .extracting(failure -> ((UnavailableException) failure).hint().orElseThrow())
        .isEqualTo(new DispenseException.Hint.Start(sandbox.name()));
    sandbox.start();
    assertThat(task.info().state()).isEqualTo(TaskInfo.State.LOST);
    assertThat(task.await().state()).isEqualTo(TaskInfo.State.LOST);

    docker(how);
    sandbox.delete();
    assertWorkIsKept();
  }

  @Test
  void aContainerThatWasPausedGoesOnWhenItIsStarted() {
    Task task = begin();
    docker("pause");

    assertThat(sandbox.info().state()).isEqualTo(SandboxInfo.State.STOPPED);
    assertThatThrownBy(task::info)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("is stopped or paused");
    sandbox.start();
    assertThat(task.info().state()).isEqualTo(TaskInfo.State.RUNNING);

    docker("pause");
    sandbox.delete();
    assertWorkIsKept();
  }

  @Test
  void theWorkInAContainerThatWasRemovedIsKept() {
    begin();
    docker("rm", "--force");

    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.GONE);
    assertThatThrownBy(() -> dispense.sandbox(name).tasks())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("is gone")
        .hasMessageContaining("Delete it to save its work");
    assertThat(gc())
        .singleElement()
        .satisfies(it -> assertThat(it.outcome()).isEqualTo(Dispense.Orphan.Outcome.KEPT))
        .satisfies(it -> assertThat(it.detail()).contains("refs/dispense/" + name + "/work"));
    assertWorkIsKept();
    assertThat(gc()).isEmpty();
  }

  @Test
  void aContainerWhoseFirstProcessEndedRunsAgainWithoutItsTasks() {
    Task task = begin();
    String before = startTime();
    new CommandLine(root, Map.of())
        .run(
            List.of(
                "sh",
                "-c",
                "kill -KILL $(docker inspect -f '{{.State.Pid}}' dispense-" + name + ")"))
        .succeeds();
    while (startTime().equals(before)
        || scene.listed().orElseThrow().state() != SandboxInfo.State.RUNNING) {
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(task.await().state()).isEqualTo(TaskInfo.State.LOST);
  }

  @Test
  void aTaskOfWhichAllProcessesWereKilledIsLost() {
    Task task = begin();
    sandbox.exec(Command.of("sh", "-c", "kill -KILL $(cut -d' ' -f1 /dispense/tasks/*/runner)"));
    assertThat(task.await().state()).isEqualTo(TaskInfo.State.LOST);
    task.cancel();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "provider", "\\u00", "\0\1\2\3"})
  void aSandboxThatRunsNeedsNoFileThatSaysWhatItIs(String content) throws IOException {
    damage(content);

    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.RUNNING);
    assertThat(gc()).isEmpty();
    dispense.sandbox(name).delete();
    assertWorkIsKept();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\\u00", "gone"})
  void workOfWhichNobodyKnowsAnyMoreWhatItIsStays(String content) throws IOException {
    Path file = damage(content);
    if (content.equals("gone")) {
      Files.delete(file);
    }
    docker("rm", "--force");

    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.GONE);
    Path directory = scene.state().resolve("sandboxes").resolve(name);
    assertThatThrownBy(() -> dispense.sandbox(name).delete())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(directory.toString())
        .extracting(failure -> ((RefusedException) failure).hint().orElseThrow())
        .isEqualTo(new DispenseException.Hint.ForceDelete(new SandboxName(name)));
    assertThat(gc())
        .singleElement()
        .satisfies(it -> assertThat(it.outcome()).isEqualTo(Dispense.Orphan.Outcome.LEFT))
        .satisfies(it -> assertThat(it.detail()).contains(directory.toString()));
    assertThat(directory.resolve("worktree/left.txt")).exists();

    dispense.sandbox(name).forceDelete();
    assertThat(scene.git("branch", "--list", "dispense/*")).isEmpty();
  }

  private Path damage(String content) throws IOException {
    Path file = scene.state().resolve("sandboxes").resolve(name).resolve("sandbox.properties");
    Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"worktree", "gitfile", "results", "checkout.properties"})
  void whatWasCommittedIsKeptWhateverElseWasDeletedByHand(String what) throws IOException {
    FileTree.delete(scene.state().resolve("sandboxes").resolve(name).resolve(what));

    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.RUNNING);
    dispense.sandbox(name).delete();
    assertThat(scene.git("show", "refs/dispense/" + name + "/head:agent.txt"))
        .isEqualTo("committed\n");
  }

  @Test
  void aWorktreeThatWasMovedIsStillTheSandboxs() throws IOException {
    Path worktree = scene.state().resolve("sandboxes").resolve(name).resolve("worktree");
    Files.move(worktree, root.resolve("moved"));

    dispense.sandbox(name).delete();
    assertWorkIsKept();
  }

  @Test
  void aBranchThatWasDeletedIsNotMissed() {
    scene.git("update-ref", "-d", "refs/heads/dispense/" + name);

    sandbox.changes().fetchInto(scene.repository());
    sandbox.delete();
    assertWorkIsKept();
  }

  @Test
  void aStateDirectoryThatWasDeletedLeavesARepositoryThatCanBeCleaned() throws IOException {
    docker("rm", "--force");
    FileTree.delete(scene.state());

    assertThat(scene.listed()).isEmpty();
    assertThat(gc())
        .singleElement()
        .satisfies(it -> assertThat(it.kind()).isEqualTo(Dispense.Orphan.Kind.WORKTREE))
        .satisfies(it -> assertThat(it.name()).startsWith("dispense/" + name));
    assertThat(scene.git("branch", "--list", "dispense/*")).isEmpty();
  }
}
