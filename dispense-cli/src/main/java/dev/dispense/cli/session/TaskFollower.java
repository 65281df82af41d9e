package dev.dispense.cli.session;

import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.SandboxName;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.cli.terminal.EventPrinter;
import dev.dispense.cli.terminal.ExitCode;

/** Shows a task as it goes on, and says how it ended. */
public final class TaskFollower {
  private final Session session;
  private final String agent;
  private final SandboxName sandbox;

  /**
   * @param agent the name of the agent's group of commands
   */
  public TaskFollower(Session session, String agent, SandboxName sandbox) {
    this.session = session;
    this.agent = agent;
    this.sandbox = sandbox;
  }

  /** Returns when the task has ended, with the exit code for its end. */
  public int follow(Task task) {
    try {
      return sayEnd(task.follow(new EventPrinter(session.out(), sandbox)));
    } catch (DispenseException e) {
      throw goesOn(task, e);
    }
  }

  /** Adds to what happened to us that nothing happened to the task. */
  public DispenseException goesOn(Task task, DispenseException e) {
    return Thread.currentThread().isInterrupted()
        ? new DispenseException(
            "Task %d goes on. To watch it: dispense %s %s logs %d -f"
                .formatted(task.id(), agent, sandbox, task.id()),
            e)
        : e;
  }

  /** Says how a task ended, unless it succeeded, which its last words have said. */
  public int sayEnd(TaskInfo task) {
    if (task.state() != TaskInfo.State.SUCCEEDED) {
      String why = task.message().isEmpty() ? "." : ": " + PrintableText.printable(task.message());
      session.err().line("dispense: Task %d %s%s".formatted(task.id(), words(task.state()), why));
    }
    return ExitCode.of(task);
  }

  public static String words(TaskInfo.State state) {
    return switch (state) {
      case PENDING -> "waits for the tasks before it";
      case RUNNING -> "is running";
      case SUCCEEDED -> "has succeeded";
      case FAILED -> "has failed";
      case CANCELLED -> "was cancelled";
      case TIMED_OUT -> "ran out of time";
      case LOST -> "is lost";
    };
  }
}
