package dev.dispense.cli.agent;

import dev.dispense.Sandbox;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.UnavailableException;
import dev.dispense.cli.session.SandboxArgument;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.session.TaskFollower;
import dev.dispense.cli.terminal.UsageException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The commands on one agent's tasks: {@code dispense claude <sandbox> run ...} and so on. */
@Command(subcommandsRepeatable = false)
public final class AgentCommand implements Callable<Integer> {
  private final Session session;
  private final String id;
  private final String displayName;
  private final SandboxArgument sandbox = new SandboxArgument();

  private AgentCommand(Session session, String id, String displayName) {
    this.session = session;
    this.id = id;
    this.displayName = displayName;
  }

  /**
   * Returns the group of commands.
   *
   * @param id the id of the agent, which is also the name of the group
   * @param displayName the name that people know
   */
  public static CommandLine commandLine(Session session, String id, String displayName) {
    AgentCommand group = new AgentCommand(session, id, displayName);
    CommandLine commandLine = new CommandLine(group);
    CommandSpec spec = commandLine.getCommandSpec();
    spec.name(id).preprocessor(group.sandbox);
    spec.usageMessage()
        .customSynopsis("dispense %s <sandbox> <command> [<options>]%%n".formatted(id))
        .description("Gives tasks to %s in a sandbox, and shows them.%%n".formatted(displayName))
        .footer(
            "",
            "Examples:",
            "  dispense %s fix-login run \"Add a test for it\" --follow".formatted(id),
            "  dispense %s fix-login tasks".formatted(id),
            "  dispense %s fix-login logs 2 -f".formatted(id));
    commandLine.addSubcommand(new StatusAction(group));
    commandLine.addSubcommand(new RunAction(group));
    commandLine.addSubcommand(new TasksAction(group));
    commandLine.addSubcommand(new LogsAction(group));
    commandLine.addSubcommand(new WaitAction(group));
    commandLine.addSubcommand(new CancelAction(group));
    return commandLine;
  }

  @Override
  public Integer call() {
    throw new UsageException(
        "Say in which sandbox to do what: dispense %s <sandbox> run \"...\"".formatted(id));
  }

  Session session() {
    return session;
  }

  String id() {
    return id;
  }

  String displayName() {
    return displayName;
  }

  Sandbox sandbox() {
    if (sandbox.name().isEmpty()) {
      call();
    }
    return session.sandbox(sandbox.name());
  }

  /**
   * Returns a task, the last one unless another is asked for.
   *
   * @param number null for the last one
   */
  Task task(Sandbox found, @Nullable Integer number) {
    if (number != null) {
      return found.task(number);
    }
    List<TaskInfo> tasks = found.tasks();
    if (tasks.isEmpty()) {
      throw new UnavailableException(
          "The sandbox '%s' has no tasks. To give one: dispense %s %s run \"...\""
              .formatted(found.name(), id, found.name()));
    }
    return found.task(tasks.get(tasks.size() - 1).id());
  }

  TaskFollower follower(Sandbox found) {
    return new TaskFollower(session, id, found.name());
  }
}
