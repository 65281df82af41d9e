package dev.dispense.cli.agent;

import dev.dispense.Capability;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxName;
import dev.dispense.Task;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.Traffic;
import dev.dispense.cli.session.TaskFollower;
import dev.dispense.cli.terminal.Durations;
import dev.dispense.cli.terminal.EventPrinter;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.JsonLine;
import dev.dispense.cli.terminal.MemorySize;
import dev.dispense.cli.terminal.Printer;
import dev.dispense.cli.terminal.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "tasks",
    description = {"Lists the tasks of the sandbox, or shows one of them in detail.", ""})
final class TasksAction implements Callable<Integer> {
  /** A new line below the value of a field. */
  private static final String CONTINUED = "\n" + " ".repeat(13);

  private final AgentCommand group;

  @Parameters(arity = "0..1", paramLabel = "<task>", description = "The number of one task.")
  private @Nullable Integer number;

  @Option(names = "--json", description = "One JSON object for each, on a line of its own.")
  private boolean json;

  TasksAction(AgentCommand group) {
    this.group = group;
  }

  @Override
  public Integer call() {
    Sandbox sandbox = group.sandbox();
    Printer out = group.session().out();
    if (number != null) {
      Task task = sandbox.task(number);
      Optional<Traffic.Usage> traffic = traffic(sandbox, number);
      if (json) {
        out.line(
            json(sandbox.name(), task.info())
                .add("requests", number(traffic, Traffic.Usage::requests))
                .add("sent", number(traffic, Traffic.Usage::sent))
                .add("received", number(traffic, Traffic.Usage::received))
                .toString());
      } else {
        print(task.info(), traffic, task.prompt());
      }
      return ExitCode.OK;
    }
    List<TaskInfo> tasks = sandbox.tasks();
    if (json) {
      tasks.forEach(task -> out.line(json(sandbox.name(), task).toString()));
    } else if (tasks.isEmpty()) {
      group
          .session()
          .err()
          .line(
              "There are no tasks. To give one: dispense %s %s run \"...\""
                  .formatted(group.id(), sandbox.name()));
    } else {
      print(tasks);
    }
    return ExitCode.OK;
  }

  private void print(List<TaskInfo> tasks) {
    Table table = new Table("ID", "STATE", "AGENT", "CREATED", "TOOK", "TOKENS", "TASK");
    for (TaskInfo task : tasks) {
      table.row(
          String.valueOf(task.id()),
          task.state().name().toLowerCase(Locale.ROOT),
          task.agent(),
          Durations.text(Duration.between(task.created(), now())) + " ago",
          took(task).map(Durations::text).orElse("-"),
          tokens(task).isPresent()
              ? String.format(Locale.ROOT, "%,d", tokens(task).getAsLong())
              : "-",
          task.title());
    }
    table.printTo(group.session().out());
  }

  private static OptionalLong tokens(TaskInfo task) {
    return number(task.result().flatMap(TaskEvent.Result::usage), TaskEvent.Usage::total);
  }

  private static <T> OptionalLong number(Optional<T> value, ToLongFunction<T> part) {
    return value.map(it -> OptionalLong.of(part.applyAsLong(it))).orElseGet(OptionalLong::empty);
  }

  private Optional<Duration> took(TaskInfo task) {
    return task.started()
        .map(start -> Duration.between(start, task.finished().orElseGet(this::now)));
  }

  private Instant now() {
    return group.session().host().clock().instant();
  }

  /** Returns what a task asked through the gateway; empty where there is none. */
  private static Optional<Traffic.Usage> traffic(Sandbox sandbox, int task) {
    if (!sandbox.capabilities().contains(Capability.ROUTES)) {
      return Optional.empty();
    }
    try {
      return sandbox.network().traffic(task);
    } catch (RefusedException | NotFoundException e) {
      return Optional.empty(); // it was made on another machine, or so that it has no gateway
    }
  }

  private void print(TaskInfo task, Optional<Traffic.Usage> traffic, String prompt) {
    Printer out = group.session().out();
    out.line("Task %d %s".formatted(task.id(), TaskFollower.words(task.state())));
    field("agent", task.agent());
    field("created", task.created().toString());
    task.started().ifPresent(time -> field("started", time.toString()));
    task.finished().ifPresent(time -> field("finished", time.toString()));
    took(task).ifPresent(time -> field("took", Durations.text(time)));
    task.exitCode().ifPresent(code -> field("exit code", String.valueOf(code)));
    if (!task.message().isEmpty()) {
      field("why", task.message());
    }
    traffic.ifPresent(it -> field("model", text(it)));
    task.result().ifPresent(this::print);
    out.line("Prompt:");
    out.line(PrintableText.printable(prompt.strip()).indent(2).stripTrailing());
  }

  private static String text(Traffic.Usage traffic) {
    return "%s, %s sent, %s received"
        .formatted(
            traffic.requests() == 1 ? "1 request" : traffic.requests() + " requests",
            MemorySize.text(traffic.sent()),
            MemorySize.text(traffic.received()));
  }

  private void print(TaskEvent.Result result) {
    result.sessionId().ifPresent(session -> field("session", session));
    field("run", EventPrinter.facts(result));
    if (!result.text().isBlank()) {
      group.session().out().line("Answer:");
      group
          .session()
          .out()
          .line(PrintableText.printable(result.text().strip()).indent(2).stripTrailing());
    }
  }

  private void field(String name, String value) {
    group
        .session()
        .out()
        .line(
            "  %-10s %s".formatted(name, PrintableText.printable(value).replace("\n", CONTINUED)));
  }

  private static JsonLine json(SandboxName sandbox, TaskInfo task) {
    Optional<TaskEvent.Result> result = task.result();
    return new JsonLine()
        .add("sandbox", sandbox)
        .add("id", task.id())
        .add("agent", task.agent())
        .add("title", task.title())
        .add("state", task.state())
        .add("exitCode", task.exitCode())
        .add("message", task.message())
        .add("created", task.created())
        .add("started", task.started())
        .add("finished", task.finished())
        .add("session", result.flatMap(TaskEvent.Result::sessionId))
        .add("costUsd", result.map(TaskEvent.Result::costUsd).orElseGet(OptionalDouble::empty))
        .add("turns", result.map(TaskEvent.Result::turns).orElseGet(OptionalInt::empty))
        .add("tokens", tokens(task))
        .add("answer", result.map(TaskEvent.Result::text));
  }
}
