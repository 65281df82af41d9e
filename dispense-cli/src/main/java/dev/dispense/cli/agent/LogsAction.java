package dev.dispense.cli.agent;

import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.Task;
import dev.dispense.cli.session.TaskFollower;
import dev.dispense.cli.terminal.EventPrinter;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.UsageException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "logs",
    description = {
      "Shows what the agent did in a task.",
      "With --follow the exit code is 0 when the task succeeds, 1 when not.",
      ""
    })
final class LogsAction implements Callable<Integer> {
  private final AgentCommand group;

  @Parameters(
      arity = "0..1",
      paramLabel = "<task>",
      description = "The number of the task; default the last one.")
  private @Nullable Integer number;

  @Option(
      names = {"-f", "--follow"},
      description = "Goes on until the task has ended. Ctrl-C stops the showing only.")
  private boolean follow;

  @Option(names = "--raw", description = "Prints the agent's own output, byte for byte.")
  private boolean raw;

  @Option(
      names = "--offset",
      paramLabel = "<bytes>",
      description = "With --raw: the byte to start at, from 0.")
  private long offset;

  LogsAction(AgentCommand group) {
    this.group = group;
  }

  @Override
  public Integer call() {
    if (offset != 0 && !raw) {
      throw new UsageException("--offset counts the bytes of --raw: give both.");
    }
    if (offset < 0) {
      throw new UsageException("--offset must not be negative.");
    }
    Sandbox sandbox = group.sandbox();
    Task task = group.task(sandbox, number);
    TaskFollower follower = group.follower(sandbox);
    if (raw) {
      return printRaw(task, follower);
    }
    if (follow) {
      return follower.follow(task);
    }
    task.replay(new EventPrinter(group.session().out(), sandbox.name()));
    return ExitCode.OK;
  }

  private int printRaw(Task task, TaskFollower follower) {
    try {
      task.log(offset, follow, group.session().out().stream());
      return follow ? follower.sayEnd(task.info()) : ExitCode.OK;
    } catch (DispenseException e) {
      throw follower.goesOn(task, e);
    }
  }
}
