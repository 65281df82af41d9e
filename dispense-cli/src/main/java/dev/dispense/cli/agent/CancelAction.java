package dev.dispense.cli.agent;

import dev.dispense.Task;
import dev.dispense.cli.session.TaskFollower;
import dev.dispense.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "cancel",
    description = {"Ends a task: the agent and all that it started.", ""})
final class CancelAction implements Callable<Integer> {
  private final AgentCommand group;

  @Parameters(paramLabel = "<task>", description = "The number of the task.")
  private int number;

  CancelAction(AgentCommand group) {
    this.group = group;
  }

  @Override
  public Integer call() {
    Task task = group.sandbox().task(number);
    task.cancel();
    group
        .session()
        .out()
        .line("Task %d %s.".formatted(number, TaskFollower.words(task.info().state())));
    return ExitCode.OK;
  }
}
