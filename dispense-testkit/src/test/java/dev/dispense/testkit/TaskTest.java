package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Dispense;
import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Secret;
import dev.dispense.Task;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.TimedOutException;
import dev.dispense.UnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of tasks, with real processes and no isolation. */
class TaskTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path root;
  private Dispense dispense;
  private Sandbox sandbox;

  private Dispense open() {
    return PromptShell.open(root, "s3cret-canary");
  }

  @BeforeEach
  void createSandbox() {
    dispense = open();
    sandbox = dispense.create(SandboxSpec.builder("tasks").build());
  }

  @AfterEach
  void deleteSandbox() {
    sandbox.delete();
    assertThat(dispense.list()).isEmpty();
    dispense.close();
  }

  private TaskInfo run(String prompt) {
    return sandbox.run(TaskSpec.of(prompt)).await(LONG);
  }

  @Test
  void succeedsWhenTheAgentSaysSo() {
    TaskInfo info = run("echo hello\necho END ok\n");
    assertThat(info.state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(info.exitCode()).hasValue(0);
    assertThat(info.title()).isEqualTo("echo hello echo END ok");
    assertThat(info.started()).isPresent();
    assertThat(info.finished()).isPresent();
    assertThat(info.result()).map(TaskEvent.Result::text).contains("END ok");
  }

  @Test
  void failsWithoutALastWordWhateverTheExitCode() {
    TaskInfo info = run("echo oops >&2; exit 0");
    assertThat(info.state()).isEqualTo(TaskInfo.State.FAILED);
    assertThat(info.message()).contains("oops");
  }

  @Test
  void failsWithTheExitCodeOfTheAgent() {
    TaskInfo info = run("echo END bad; exit 7");
    assertThat(info.state()).isEqualTo(TaskInfo.State.FAILED);
    assertThat(info.exitCode()).hasValue(7);
  }

  @Test
  void handsOnItsEventsLiveAndItsErrorsLast() {
    Task task = sandbox.run(TaskSpec.of("echo one; echo bad >&2; echo two; echo END ok"));
    List<TaskEvent> events = new ArrayList<>();
    TaskInfo info = task.follow(events::add);
    assertThat(info.state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(events)
        .hasSize(4)
        .startsWith(new TaskEvent.Raw("one"), new TaskEvent.Raw("two"))
        .endsWith(new TaskEvent.ErrorOutput("bad"));
  }

  @Test
  void isFollowedForATimeAndGoesOn() {
    Path go = root.resolve("go");
    Task task =
        sandbox.run(
            TaskSpec.of("echo first; until [ -e '" + go + "' ]; do sleep 0.05; done; echo END ok"));
    List<TaskEvent> events = new ArrayList<>();
    assertThatThrownBy(() -> task.follow(events::add, Duration.ofSeconds(2)))
        .isInstanceOf(TimedOutException.class)
        .hasMessageContaining("it goes on");
    assertThat(events).containsExactly(new TaskEvent.Raw("first"));

    touch(go);
    assertThat(task.follow(event -> {}, LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
  }

  @Test
  void tellsOfItsEndWithoutBeingWaitedFor() throws Exception {
    Path go = root.resolve("go");
    Task task =
        sandbox.run(TaskSpec.of("until [ -e '" + go + "' ]; do sleep 0.05; done; echo END ok"));
    CompletableFuture<TaskInfo> end = task.onExit().toCompletableFuture();
    assertThat(end).isNotDone();

    touch(go);
    assertThat(end.get(60, TimeUnit.SECONDS).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(task.onExit().toCompletableFuture().get(60, TimeUnit.SECONDS))
        .isEqualTo(task.info());
  }

  @Test
  void showsTheFirstEventWhileTheAgentStillWorks() {
    Path go = root.resolve("go");
    Task task =
        sandbox.run(
            TaskSpec.of("echo first; until [ -e '" + go + "' ]; do sleep 0.05; done; echo END ok"));
    List<TaskEvent> events = new ArrayList<>();
    task.follow(
        event -> {
          events.add(event);
          touch(go);
        });
    assertThat(events).hasSize(2);
  }

  @Test
  void looksAtTheErrorsOfAnAgentThatStillWorks() {
    Path go = root.resolve("go");
    Task task =
        sandbox.run(
            TaskSpec.of(
                "echo bad >&2; echo one; until [ -e '"
                    + go
                    + "' ]; do sleep 0.05; done; echo END ok"));
    List<TaskEvent> events = new ArrayList<>();
    while (events.size() < 2) {
      events.clear();
      assertThat(task.replay(events::add).state().isFinal()).isFalse();
    }
    assertThat(events).containsExactly(new TaskEvent.Raw("one"), new TaskEvent.ErrorOutput("bad"));
    touch(go);
    assertThat(task.await(LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
  }

  @Test
  void followsALogFromBeyondItsEndUntilItIsThere() {
    Path go = root.resolve("go");
    Task task =
        sandbox.run(
            TaskSpec.of("echo one; until [ -e '" + go + "' ]; do sleep 0.05; done; echo END ok"));
    touch(go);
    assertThat(log(task, 6)).isEqualTo("D ok\n");
  }

  @Test
  void isFoundAgainByAnotherInstanceWithItsWholeLog() {
    int id = sandbox.run(TaskSpec.of("echo one; sleep 0.3; echo END ok")).id();
    dispense.close();
    dispense = open();
    sandbox = dispense.sandbox("tasks");
    Task task = sandbox.task(id);
    assertThat(task.await(LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(log(task, 0)).isEqualTo("one\nEND ok\n");
    assertThat(log(task, 4)).isEqualTo("END ok\n");
    assertThat(log(task, 400)).isEmpty();
    assertThat(task.prompt()).isEqualTo("echo one; sleep 0.3; echo END ok");
  }

  @Test
  void waitsForTheTasksBeforeIt() {
    Path go = root.resolve("go");
    Task first =
        sandbox.run(TaskSpec.of("until [ -e '" + go + "' ]; do sleep 0.05; done; echo END ok"));
    Task second = sandbox.run(TaskSpec.of("echo END ok"));
    Task parallel = sandbox.run(TaskSpec.builder("echo END ok").parallel().build());
    assertThat(parallel.await(LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(second.info().state()).isEqualTo(TaskInfo.State.PENDING);
    assertThat(first.info().state()).isEqualTo(TaskInfo.State.RUNNING);
    touch(go);
    assertThat(second.await(LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(sandbox.tasks()).extracting(TaskInfo::id).containsExactly(1, 2, 3);
  }

  @Test
  void isCancelledWithAllThatItStarted() {
    Path mark = root.resolve("pid");
    Task task =
        sandbox.run(
            TaskSpec.of(
                "trap '' TERM; setsid sleep 1000 & echo $! > '" + mark + "'; sleep 1000 & wait"));
    awaitFile(mark);
    task.cancel();
    assertThat(task.info().state()).isEqualTo(TaskInfo.State.CANCELLED);
    awaitDeath(mark);
    task.cancel();
    assertThat(task.info().state()).isEqualTo(TaskInfo.State.CANCELLED);
  }

  @Test
  void isCancelledBeforeItBegan() {
    Task first = sandbox.run(TaskSpec.of("sleep 1000"));
    Task second = sandbox.run(TaskSpec.of("echo END ok"));
    second.cancel();
    assertThat(second.info().state()).isEqualTo(TaskInfo.State.CANCELLED);
    assertThat(second.info().started()).isEmpty();
    first.cancel();
  }

  @Test
  void isKilledWhenItsTimeIsUp() {
    Path mark = root.resolve("pid");
    Task task =
        sandbox.run(
            TaskSpec.builder("setsid sleep 1000 & echo $! > '" + mark + "'; sleep 1000")
                .timeout(Duration.ofSeconds(1))
                .build());
    assertThat(task.await(LONG).state()).isEqualTo(TaskInfo.State.TIMED_OUT);
    awaitDeath(mark);
  }

  @Test
  void isKilledWhenItGoesOnAfterItsLastWordAndThatWordCounts() {
    TaskInfo info = run("echo END ok; sleep 1000");
    assertThat(info.state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(info.exitCode()).isEmpty();
  }

  @Test
  void isLostWhenItsEndCannotBeKnown() throws Exception {
    Task task = sandbox.run(TaskSpec.of("sleep 1000"));
    Path directory = root.resolve("machines/tasks/dispense/tasks/1");
    awaitFile(directory.resolve("agent"));
    for (String file : List.of("runner", "agent")) {
      String pid = Files.readString(directory.resolve(file)).split(" ", -1)[0];
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }
    TaskInfo info = task.await(LONG);
    assertThat(info.state()).isEqualTo(TaskInfo.State.LOST);
    assertThat(run("echo END ok").state()).isEqualTo(TaskInfo.State.SUCCEEDED);
  }

  @Test
  void goesOnWhenNobodyWaitsAnyLonger() {
    Path go = root.resolve("go");
    Task task =
        sandbox.run(TaskSpec.of("until [ -e '" + go + "' ]; do sleep 0.05; done; echo END ok"));
    assertThatThrownBy(() -> task.await(Duration.ofMillis(200)))
        .isInstanceOf(TimedOutException.class)
        .hasMessageContaining("Task 1 has not ended");
    touch(go);
    assertThat(task.await(LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
  }

  @Test
  void givesTheKeyToTheAgentAndToNothingElse() throws Exception {
    Task task =
        sandbox.run(
            TaskSpec.of(
                "printf '%s' \"$SHELL_KEY\" | wc -c; IFS= read -r key <&$KEY_DESCRIPTOR;"
                    + " printf '%s' \"$key\" | wc -c; cat <&$KEY_DESCRIPTOR | wc -c;"
                    + " echo END ok"));
    assertThat(task.await(LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(log(task, 0)).isEqualTo("13\n13\n0\nEND ok\n");
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain("s3cret-canary");
      }
    }
  }

  @Test
  void takesTheKeyThatWasGivenForItRatherThanTheHosts() {
    Task task =
        sandbox.run(
            TaskSpec.builder("printf '%s' \"$SHELL_KEY\" | wc -c; echo END ok")
                .secret("SHELL_KEY", Secret.of("abc"))
                .build());
    task.await(LONG);
    assertThat(log(task, 0)).startsWith("3\n");
  }

  @Test
  void resumesTheSessionOfAnEarlierTask() {
    run("echo SESSION blue; echo END ok");
    Task task = sandbox.run(TaskSpec.builder("echo \"$1\"; echo END ok").resume(1).build());
    task.await(LONG);
    assertThat(log(task, 0)).startsWith("blue\n");
    run("echo END ok");
    assertThatThrownBy(() -> sandbox.run(TaskSpec.builder("x").resume(3).build()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("no session");
    assertThatThrownBy(() -> sandbox.run(TaskSpec.builder("x").resume(9).build()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("no task 9");
  }

  @Test
  void isNotMixedUpWithOtherTasksGivenAtTheSameTime() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String prompt = "echo " + i + "; echo END ok";
      Thread thread = new Thread(() -> sandbox.run(TaskSpec.of(prompt)));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<String> outputs = new ArrayList<>();
    for (TaskInfo info : sandbox.tasks()) {
      assertThat(sandbox.task(info.id()).await(LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      outputs.add(log(sandbox.task(info.id()), 0).substring(0, 1));
    }
    assertThat(outputs).containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5", "6", "7");
  }

  @Test
  void takesPromptsOfAnySizeAndContent() {
    String text = "ü'\"$(x)`\\\n".repeat(400_000);
    Task task =
        sandbox.run(TaskSpec.of("cat >/dev/null <<'EOF_'\n" + text + "EOF_\necho END ok\n"));
    assertThat(task.await(LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(task.prompt()).contains(text);
  }

  @Test
  void failsWhenTheAgentCannotBeStarted() {
    TaskInfo info = run("exec /no/such/program");
    assertThat(info.state()).isEqualTo(TaskInfo.State.FAILED);
    assertThat(info.message()).contains("/no/such/program");
  }

  @Test
  void needsASupervisor() {
    try (Sandbox bare = dispense.create(SandboxSpec.builder("bare").withoutSupervisor().build())) {
      assertThatThrownBy(() -> bare.run(TaskSpec.of("echo END ok")))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("created without");
      bare.installAgent("prompt-shell", progress -> {});
      assertThat(bare.run(TaskSpec.of("echo END ok")).await(LONG).state())
          .isEqualTo(TaskInfo.State.SUCCEEDED);
      bare.delete();
    }
  }

  private static String log(Task task, long offset) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    task.log(offset, true, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void touch(Path file) {
    try {
      Files.writeString(file, "");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitFile(Path file) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!Files.exists(file) || file.toFile().length() == 0) {
      assertThat(System.nanoTime()).as("waiting for %s", file).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** A process that was killed stays visible until its parent has noticed. */
  private static void awaitDeath(Path pidFile) {
    long pid;
    try {
      pid = Long.parseLong(Files.readString(pidFile).strip());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(ProcessHandle.of(pid).map(ProcessHandle::onExit))
        .satisfiesAnyOf(
            gone -> assertThat(gone).isEmpty(),
            exit -> assertThat(exit.orElseThrow()).succeedsWithin(Duration.ofSeconds(5)));
  }
}
