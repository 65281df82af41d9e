package dev.dispense.cli.agent;

import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.cli.session.TaskFollower;
import dev.dispense.cli.terminal.Durations;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "wait",
    description = {
      "Waits until a task has ended.",
      "The exit code is 0 when it succeeded, 1 when not, 124 when the time was up first.",
      ""
    })
final class WaitAction implements Callable<Integer> {
  private final AgentCommand group;

  @Parameters(
      arity = "0..1",
      paramLabel = "<task>",
      description = "The number of the task; default the last one.")
  private @Nullable Integer number;

  @Option(
      names = "--timeout",
      paramLabel = "<time>",
      converter = Durations.Converter.class,
      description = "How long to wait, such as 30m; the task goes on. Default for ever.")
  private @Nullable Duration timeout;

  WaitAction(AgentCommand group) {
    this.group = group;
  }

  @Override
  public Integer call() {
    Sandbox sandbox = group.sandbox();
    Task task = group.task(sandbox, number);
    TaskFollower follower = group.follower(sandbox);
    TaskInfo end;
    try {
      end = timeout == null ? task.await() : task.await(timeout);
    } catch (DispenseException e) {
      throw follower.goesOn(task, e);
    }
    if (end.state() == TaskInfo.State.SUCCEEDED) {
      group.session().out().line("Task %d has succeeded.".formatted(task.id()));
    }
    return follower.sayEnd(end);
  }
}
