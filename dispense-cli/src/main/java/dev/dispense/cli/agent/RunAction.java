package dev.dispense.cli.agent;

import dev.dispense.Sandbox;
import dev.dispense.Task;
import dev.dispense.TaskSpec;
import dev.dispense.cli.session.LimitOptions;
import dev.dispense.cli.session.Prompt;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.Durations;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.Hints;
import dev.dispense.cli.terminal.ProgressLine;
import dev.dispense.cli.terminal.UsageException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    description = {
      "Gives the agent a task, which waits for those before it and goes on by itself.",
      ""
    })
final class RunAction implements Callable<Integer> {
  private final AgentCommand group;

  @Parameters(
      arity = "0..1",
      paramLabel = "<prompt>",
      description = "What the agent is to do; - reads it from standard input.")
  private @Nullable String prompt;

  @Option(
      names = {"-f", "--follow"},
      description = "Shows what the agent does until it is done. Ctrl-C stops the showing only.")
  private boolean follow;

  @Option(
      names = "--model",
      paramLabel = "<name>",
      description = "The model to use; default the sandbox's, or else the agent's own.")
  private @Nullable String model;

  @Option(
      names = "--max-turns",
      paramLabel = "<n>",
      description = "The most turns that the agent may take; default no limit.")
  private @Nullable Integer maxTurns;

  @Mixin private final LimitOptions limit = new LimitOptions();

  @Option(
      names = "--resume",
      paramLabel = "<task>",
      description = "Goes on with the session of an earlier task.")
  private @Nullable Integer resume;

  @Option(
      names = "--timeout",
      paramLabel = "<time>",
      converter = Durations.Converter.class,
      description = "Kills the agent after a time such as 30m; default 6h.")
  private @Nullable Duration timeout;

  @Option(names = "--parallel", description = "Starts at once, beside the tasks that run.")
  private boolean parallel;

  @Option(
      names = "--install-daemon",
      description = "First installs what a sandbox lacks that was created with --skip-daemon.")
  private boolean installDaemon;

  RunAction(AgentCommand group) {
    this.group = group;
  }

  @Override
  public Integer call() {
    Session session = group.session();
    Optional<String> given = prompt(session);
    Optional<TaskSpec> spec = given.map(this::spec);
    Sandbox sandbox = group.sandbox();
    if (installDaemon) {
      try (ProgressLine progress = session.progress()) {
        sandbox.installAgent(group.id(), progress);
      }
      session.out().line("'%s' is ready for tasks.".formatted(sandbox.name()));
    }
    if (spec.isEmpty()) {
      return ExitCode.OK;
    }
    Task task = sandbox.run(spec.get());
    session.out().line("Task %d was given to %s.".formatted(task.id(), group.displayName()));
    if (follow) {
      return group.follower(sandbox).follow(task);
    }
    new Hints(session.out())
        .add("watch the agent", "dispense", group.id(), sandbox.name(), "logs", task.id(), "-f");
    return ExitCode.OK;
  }

  private Optional<String> prompt(Session session) {
    if (prompt != null) {
      return Optional.of(Prompt.of(prompt, session.console().in()));
    }
    if (installDaemon) {
      return Optional.empty();
    }
    if (!session.questions().canAsk()) {
      throw new UsageException(
          "Say what the agent is to do: dispense %s <sandbox> run \"...\"".formatted(group.id()));
    }
    return Optional.of(
        session
            .questions()
            .lines("What is the agent to do? An empty line ends the text.")
            .orElseThrow(() -> new UsageException("No task was given.")));
  }

  private TaskSpec spec(String text) {
    TaskSpec.Builder spec = TaskSpec.builder(text).agent(group.id());
    if (model != null) {
      spec.model(model);
    }
    if (maxTurns != null) {
      spec.maxTurns(maxTurns);
    }
    limit.addTo(spec);
    if (resume != null) {
      spec.resume(resume);
    }
    if (timeout != null) {
      spec.timeout(timeout);
    }
    if (parallel) {
      spec.parallel();
    }
    return spec.build();
  }
}
