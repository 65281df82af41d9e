package dev.dispense.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.Task;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.testkit.provider.ContractMachine;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Agents that do not behave: the state is right in the end, and nothing of them goes on. */
abstract class CrowdAgentsContract extends CrowdPart {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  // Two processes that have left the session and the parents; one has no variable of ours either.
  private static final String DAEMONS =
      """
      setsid sh -c 'sh -c "echo \\$\\$ > daemon; exec sleep 3600" & ' > /dev/null 2>&1 < /dev/null
      env -i PATH="$PATH" setsid sh -c 'sh -c "echo \\$\\$ > bare; exec sleep 3600" & ' \
        > /dev/null 2>&1 < /dev/null
      until test -s daemon && test -s bare; do sleep 0.05; done
      """;

  CrowdAgentsContract(ConcurrencyContract contract) {
    super(contract);
  }

  @BeforeEach
  void isWanted() {
    Assumptions.assumeTrue(contract.testsAgents(), "skipped, because this provider's are slow");
  }

  @Test
  void whatBecameADaemonDiesWithATaskThatIsCancelled() {
    inSandbox(
        sandbox -> {
          int before = processes(sandbox);
          Task task = run(sandbox, "trap '' TERM HUP INT\n" + DAEMONS + "touch up; sleep 3600");
          awaitFile(sandbox, "up");

          task.cancel();

          assertThat(task.info().state()).isEqualTo(TaskInfo.State.CANCELLED);
          assertNoMoreThan(before, sandbox);
        });
  }

  @Test
  void whatBecameADaemonDiesWithATaskWhoseTimeIsUp() {
    inSandbox(
        sandbox -> {
          int before = processes(sandbox);
          Task task =
              sandbox.run(
                  TaskSpec.builder(DAEMONS + "sleep 3600").timeout(Duration.ofSeconds(2)).build());

          assertThat(task.await(PATIENCE).state()).isEqualTo(TaskInfo.State.TIMED_OUT);
          assertNoMoreThan(before, sandbox);
        });
  }

  @Test
  void whatBecameADaemonDiesWithAnAgentThatGoesOnAfterItsLastWord() {
    inSandbox(
        sandbox -> {
          int before = processes(sandbox);
          TaskInfo info = end(run(sandbox, DAEMONS + succeed() + "sleep 3600"));

          assertThat(info.state()).isEqualTo(TaskInfo.State.SUCCEEDED);
          assertThat(info.exitCode()).isEmpty();
          assertNoMoreThan(before, sandbox);
        });
  }

  @Test
  void aLastWordCountsHoweverMuchComesBehindIt() {
    inSandbox(
        sandbox -> {
          TaskInfo info = end(run(sandbox, succeed() + "yes junk | head -c 5000000; sleep 3600"));

          assertThat(info.state()).isEqualTo(TaskInfo.State.SUCCEEDED);
        });
  }

  @Test
  void whatAnAgentLeftRunningGoesOnUntilItsTaskIsCancelled() {
    inSandbox(
        sandbox -> {
          int before = processes(sandbox);
          Task task = run(sandbox, "sleep 3600 & echo $! > child\n" + DAEMONS + succeed());
          assertThat(end(task).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
          assertThat(processes(sandbox)).isGreaterThan(before);

          task.cancel();

          assertThat(task.info().state()).isEqualTo(TaskInfo.State.SUCCEEDED);
          assertNoMoreThan(before, sandbox);
        });
  }

  @Test
  void whatGoesOnForkingDiesWithItsTask() {
    inSandbox(
        sandbox -> {
          int before = processes(sandbox);
          Task task =
              run(
                  sandbox,
                  """
                  cat > fork <<'END'
                  trap '' TERM
                  sleep 0.1
                  (setsid sh fork &) &
                  END
                  setsid sh fork & touch up; sleep 3600
                  """);
          awaitFile(sandbox, "up");

          task.cancel();

          assertThat(task.info().state()).isEqualTo(TaskInfo.State.CANCELLED);
          assertNoMoreThan(before, sandbox);
        });
  }

  @Test
  void aTaskOfAnotherSandboxWithTheSameNumberIsLeftAlone() {
    inSandbox(
        sandbox -> {
          Task task = run(sandbox, "touch up; until test -e go; do sleep 0.05; done\n" + succeed());
          awaitFile(sandbox, "up");
          inSandbox(
              other -> {
                Task sameNumber = run(other, "touch up; sleep 3600");
                awaitFile(other, "up");
                sameNumber.cancel();
                assertThat(sameNumber.info().state()).isEqualTo(TaskInfo.State.CANCELLED);
              });

          assertThat(task.info().state()).isEqualTo(TaskInfo.State.RUNNING);
          output(sandbox, "touch go");
          assertThat(end(task).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
        });
  }

  @Test
  void anAgentThatClosesItsStreamsOrDiesAtOnceHasFailed() {
    inSandbox(
        sandbox -> {
          for (String script :
              List.of("exec <&- >&- 2>&-; sleep 0.1", "kill -KILL $$", "exit 0", "exec 2>&-; no")) {
            assertThat(end(run(sandbox, script)).state())
                .as(script)
                .isEqualTo(TaskInfo.State.FAILED);
          }
        });
  }

  @Test
  void whatIsNoTextIsPassedOnAsItIs() {
    inSandbox(
        sandbox -> {
          output(sandbox, "head -c 300000 /dev/urandom > noise");
          Task task = run(sandbox, "cat noise; echo; " + succeed() + "printf 'half a line'");

          assertThat(end(task).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
          List<TaskEvent> events = new ArrayList<>();
          task.follow(events::add);
          assertThat(events).last().isEqualTo(new TaskEvent.Raw("half a line"));
          assertThat(output(sandbox, "head -c 300000 /dev/zero | wc -c").strip())
              .isEqualTo("300000");
          ByteArrayOutputStream log = new ByteArrayOutputStream();
          task.log(0, true, log);
          assertThat(log.size())
              .isEqualTo(300001 + "@result\ttrue\tdone\t\n".length() + "half a line".length());
        });
  }

  @Test
  void whatIsWrittenToTheErrorsAloneIsPassedOn() {
    inSandbox(
        sandbox -> {
          Task task = run(sandbox, "exec >&2; yes 'state exited' | head -c 3000000; printf half");

          TaskInfo info = end(task);
          assertThat(info.state()).isEqualTo(TaskInfo.State.FAILED);
          List<TaskEvent> events = new ArrayList<>();
          task.follow(events::add);
          assertThat(events)
              .hasSize(3_000_000 / "state exited\n".length() + 1)
              .allMatch(TaskEvent.ErrorOutput.class::isInstance);
          assertThat(sandbox.tasks()).hasSize(1);
        });
  }

  @Test
  void anEndWhoseWordIsLongIsToldWithAllOthers() {
    inSandbox(
        sandbox -> {
          for (int i = 0; i < 6; i++) {
            Task task =
                run(
                    sandbox,
                    "printf '@result\\ttrue\\t'; head -c 15000000 /dev/zero | tr '\\0' x;"
                        + " printf '\\t\\n'");
            assertThat(end(task).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
          }
          assertThat(sandbox.tasks()).extracting(TaskInfo::state).hasSize(6);
        });
  }

  private static String succeed() {
    return "\n" + CrowdMember.SUCCEED + "\n";
  }

  private void inSandbox(Consumer<Sandbox> body) {
    try (Dispense dispense = contract.open()) {
      dispense.withSandbox(
          contract.spec().build(),
          sandbox -> {
            body.accept(sandbox);
            return null;
          });
    }
  }

  private static Task run(Sandbox sandbox, String script) {
    return sandbox.run(TaskSpec.of(script));
  }

  private static TaskInfo end(Task task) {
    return task.await(PATIENCE);
  }

  private static void awaitFile(Sandbox sandbox, String file) {
    ContractMachine.await(
        "the file " + file, () -> !output(sandbox, "ls " + file + " || :").isEmpty());
  }

  private static void assertNoMoreThan(int before, Sandbox sandbox) {
    ContractMachine.await("all processes to be gone", () -> processes(sandbox) <= before);
  }
}
