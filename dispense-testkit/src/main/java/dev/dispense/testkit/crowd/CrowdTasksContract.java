package dev.dispense.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.Streams;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.testkit.agent.ScriptedLines;
import dev.dispense.testkit.provider.ContractMachine;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many tasks in one sandbox, and a task that writes much. */
abstract class CrowdTasksContract extends CrowdPart {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  CrowdTasksContract(ConcurrencyContract contract) {
    super(contract);
  }

  @Test
  void aLongQueueKeepsItsOrderAndCostsNoProcesses() {
    int count = contract.tasks();
    try (Dispense dispense = contract.open();
        Sandbox sandbox = dispense.create(contract.spec().build())) {
      int before = processes(sandbox);
      run(sandbox, "until [ -e go ]; do sleep 0.05; done");
      for (int i = 2; i <= count; i++) {
        assertThat(run(sandbox, "echo " + i + " >> order").id()).isEqualTo(i);
      }

      assertThat(processes(sandbox) - before).as("processes of a queue").isLessThan(20);
      assertThat(sandbox.tasks())
          .hasSize(count)
          .allSatisfy(
              info ->
                  assertThat(info.state())
                      .as("task %d", info.id())
                      .isEqualTo(info.id() == 1 ? TaskInfo.State.RUNNING : TaskInfo.State.PENDING));

      sandbox.exec(Command.of("touch", "go"));
      assertThat(sandbox.task(count).await(PATIENCE).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      assertThat(sandbox.tasks())
          .extracting(TaskInfo::id)
          .containsExactlyElementsOf(IntStream.rangeClosed(1, count).boxed().toList());
      assertThat(sandbox.tasks())
          .extracting(TaskInfo::state)
          .containsOnly(TaskInfo.State.SUCCEEDED);
      assertThat(sandbox.exec(Command.of("cat", "order")).stdout())
          .isEqualTo(
              IntStream.rangeClosed(2, count)
                  .mapToObj(i -> i + "\n")
                  .collect(Collectors.joining()));
      ContractMachine.await("the processes to end", () -> processes(sandbox) <= before);
      sandbox.delete();
    }
  }

  @Test
  void aQueueGoesOnBehindTasksThatWereCancelledOrLost() {
    try (Dispense dispense = contract.open();
        Sandbox sandbox = dispense.create(contract.spec().build())) {
      Task first = run(sandbox, "until [ -e go ]; do sleep 0.05; done");
      List<Task> waiting =
          IntStream.range(0, 6).mapToObj(i -> run(sandbox, "echo " + i + " >> order")).toList();

      List.of(1, 2, 4).forEach(i -> waiting.get(i).cancel());
      assertThat(waiting.get(4).info().state()).isEqualTo(TaskInfo.State.CANCELLED);
      assertThat(waiting.get(3).info().state()).isEqualTo(TaskInfo.State.PENDING);
      first.cancel();

      assertThat(waiting.get(5).await(PATIENCE).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      assertThat(sandbox.exec(Command.of("cat", "order")).stdout()).isEqualTo("0\n3\n5\n");
      assertThat(sandbox.tasks())
          .extracting(info -> info.state().name().charAt(0))
          .containsExactly('C', 'S', 'C', 'C', 'S', 'C', 'S');
      sandbox.delete();
    }
  }

  @Test
  void fiveReadersGetEveryByteOfATaskThatWritesMuch() {
    try (Dispense dispense = contract.open();
        Sandbox sandbox = dispense.create(contract.spec().build())) {
      sandbox.exec(Command.of("sh", "-c", "head -c 1048576 /dev/urandom > block"));
      Task task =
          run(
              sandbox,
              "i=0; while [ $i -lt %d ]; do echo $i; cat block; i=$((i + 1)); done; echo"
                  .formatted(contract.outputMebibytes()));

      List<Crowd.End> ends = member("read", sandbox, task);

      assertThat(ends).extracting(Crowd.End::exitCode).containsExactly(0);
      assertThat(ends.get(0).output()).isEqualTo(expected(sandbox) + "\n");
      assertThat(task.await(PATIENCE).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      sandbox.delete();
    }
  }

  @Test
  void aVeryLongLinePassesThroughASmallHeap() {
    long length = contract.lineMegabytes() * 1_000_000L;
    try (Dispense dispense = contract.open();
        Sandbox sandbox = dispense.create(contract.spec().build())) {
      Task task = run(sandbox, "head -c %d /dev/zero | tr '\\0' x; echo".formatted(length));

      List<Crowd.End> ends = member("follow", sandbox, task);

      assertThat(ends)
          .extracting(Crowd.End::output)
          .containsExactly("2 events, at most %d bytes\n".formatted(length));
      assertThat(task.info().state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      sandbox.delete();
    }
  }

  private static Task run(Sandbox sandbox, String script) {
    return sandbox.run(TaskSpec.of(script + "\n" + CrowdMember.SUCCEED));
  }

  private List<Crowd.End> member(String part, Sandbox sandbox, Task task) {
    Path directory = contract.temporary;
    List<String> arguments = List.of(part, sandbox.name().value(), Integer.toString(task.id()));
    return Crowd.processes(contract, directory, List.of(arguments));
  }

  private CrowdReaders.Sum expected(Sandbox sandbox) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    sandbox.exec(Command.of("cat", "block"), Streams.of(block, OutputStream.nullOutputStream()));
    CrowdReaders.Sum sum = new CrowdReaders.Sum();
    byte[] bytes = block.toByteArray();
    for (int i = 0; i < contract.outputMebibytes(); i++) {
      write(sum, i + "\n");
      sum.write(bytes, 0, bytes.length);
    }
    write(sum, "\n" + ScriptedLines.RESULT + "true\tdone\t\n");
    return sum;
  }

  private static void write(CrowdReaders.Sum sum, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sum.write(bytes, 0, bytes.length);
  }
}
