package dev.dispense.cli.command;

import dev.dispense.NameTakenException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskSpec;
import dev.dispense.cli.session.LimitOptions;
import dev.dispense.cli.session.NameSuggestion;
import dev.dispense.cli.session.PoolRefill;
import dev.dispense.cli.session.Prompt;
import dev.dispense.cli.session.SandboxOptions;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.session.TaskFollower;
import dev.dispense.cli.terminal.Durations;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.Hints;
import dev.dispense.cli.terminal.Printer;
import dev.dispense.cli.terminal.ProgressLine;
import dev.dispense.cli.terminal.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "new",
    description = {
      "Creates a sandbox for the current directory and gives the agent its first task.",
      "At a terminal it asks for what is missing; elsewhere it makes up a name, and gives no task"
          + " unless there is one.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense new",
      "  dispense new -n fix-login --task \"Fix the login bug\" --follow",
      "  dispense new -n fix-login --task - <issue.txt",
      "  dispense new -n try-it --skip-copy --memory 8g --env CI=true"
    })
public final class NewCommand implements Callable<Integer> {
  private static final int ATTEMPTS = 5;

  private final Session session;

  @Option(
      names = {"-n", "--name"},
      paramLabel = "<name>",
      description = "Its name: lower-case letters, digits and hyphens.")
  private @Nullable String name;

  @Option(
      names = "--task",
      paramLabel = "<text>",
      description = "What the agent is to do; - reads it from standard input.")
  private @Nullable String task;

  @Option(
      names = "--follow",
      description = "Shows what the agent does until it is done. Ctrl-C stops the showing only.")
  private boolean follow;

  @Option(
      names = "--base",
      paramLabel = "<ref>",
      description = "The branch, tag or commit to start from; default what is checked out.")
  private @Nullable String base;

  @Option(
      names = "--include-uncommitted",
      description = "Carries changes along that are not committed.")
  private boolean includeUncommitted;

  @Option(names = "--skip-copy", description = "Starts with an empty workspace.")
  private boolean skipCopy;

  @Option(
      names = "--expires",
      paramLabel = "<time>",
      converter = Durations.Converter.class,
      description =
          "Lets it stop by itself after that time, such as 8h, and again so long after each start;"
              + " gc then removes it and keeps its work. Default: it runs until it is stopped.")
  private @Nullable Duration expires;

  @Option(
      names = {"-f", "--force"},
      description = "Asks nothing when the directory is not in a git repository.")
  private boolean force;

  @Mixin private final SandboxOptions options = new SandboxOptions();

  @Mixin private final LimitOptions limit = new LimitOptions();

  public NewCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    check();
    boolean refill = !skipCopy && PoolRefill.size(session.host()) > 0;
    String given = task == null ? null : Prompt.of(task, session.console().in());
    Source source = source();
    String chosen = name == null ? askName() : new SandboxName(name).value();
    Optional<TaskSpec> first = Optional.ofNullable(given).or(this::askTask).map(this::taskSpec);
    if (limit.isGiven() && first.isEmpty()) {
      throw new UsageException("--max-requests and --max-bytes need a task: give one with --task.");
    }
    // What is typed from now on is for the shell.
    session.questions().close();
    Sandbox sandbox = create(chosen, source, first);
    if (refill) {
      PoolRefill.start(session.host(), session.directory(), options);
    }
    SandboxInfo info = sandbox.info();
    say(info, first.isPresent());
    return follow && first.isPresent()
        ? new TaskFollower(session, info.agent(), info.name()).follow(sandbox.task(1))
        : ExitCode.OK;
  }

  private void check() {
    if (skipCopy && (base != null || includeUncommitted)) {
      throw new UsageException(
          "--skip-copy starts with an empty workspace: it does not go with --base or"
              + " --include-uncommitted.");
    }
    if (options.skipDaemon() && (task != null || follow)) {
      throw new UsageException(
          "--skip-daemon leaves out what runs tasks: it does not go with --task or --follow.");
    }
    if (follow && task == null && !session.questions().canAsk()) {
      throw new UsageException("--follow needs a task: give one with --task.");
    }
  }

  private Source source() {
    if (skipCopy) {
      return Source.empty();
    }
    if (!Files.isDirectory(session.directory())) {
      throw new UsageException(
          "Tried to use the directory %s but failed because it is not there, or its name is not text in UTF-8. Go to one that is."
              .formatted(session.directory()));
    }
    if (!force && !isInRepository(session.directory())) {
      confirmCopy();
    }
    Source source = Source.directory(session.directory());
    if (base != null) {
      source = source.withBase(base);
    }
    return includeUncommitted ? source.withUncommitted() : source;
  }

  private static boolean isInRepository(Path directory) {
    for (Path parent = directory; parent != null; parent = parent.getParent()) {
      if (Files.exists(parent.resolve(".git")) || isBareRepository(parent)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBareRepository(Path directory) {
    return Files.isRegularFile(directory.resolve("HEAD"))
        && Files.isDirectory(directory.resolve("objects"))
        && Files.isDirectory(directory.resolve("refs"));
  }

  private void confirmCopy() {
    if (!session.questions().canAsk()) {
      throw new UsageException(
          ("%s is not in a git repository. To copy its files into the sandbox: --force. To start"
                  + " with an empty workspace: --skip-copy.")
              .formatted(session.directory()));
    }
    String question =
        "%s is not in a git repository. Copy all its files into the sandbox?"
            .formatted(session.directory());
    if (!session.questions().confirm(question)) {
      throw new UsageException(
          "Nothing was created. To start with an empty workspace: dispense new --skip-copy");
    }
  }

  private String askName() {
    String suggestion = NameSuggestion.of(session.directory());
    if (!session.questions().canAsk()) {
      return suggestion;
    }
    while (true) {
      String answer =
          session
              .questions()
              .line("Name of the sandbox", suggestion)
              .orElseThrow(() -> new UsageException("No name was given. Nothing was created."));
      if (SandboxName.isValid(answer)) {
        return answer;
      }
      session.err().line("Use lower-case letters, digits and hyphens, such as " + suggestion + ".");
    }
  }

  private Optional<String> askTask() {
    return options.skipDaemon() || !session.questions().canAsk()
        ? Optional.empty()
        : session
            .questions()
            .lines("What is the agent to do? An empty line ends the text; none: no task now.");
  }

  /** Creates it; a name that nobody chose is replaced when it is taken. */
  private Sandbox create(String chosen, Source source, Optional<TaskSpec> first) {
    String candidate = chosen;
    for (int attempt = 1; ; attempt++) {
      try {
        return create(spec(candidate, source), first);
      } catch (NameTakenException e) {
        if (name != null || session.questions().canAsk() || attempt == ATTEMPTS) {
          throw e;
        }
        candidate = NameSuggestion.of(session.directory());
      }
    }
  }

  private TaskSpec taskSpec(String text) {
    TaskSpec.Builder spec = TaskSpec.builder(text);
    limit.addTo(spec);
    return spec.build();
  }

  private SandboxSpec spec(String candidate, Source source) {
    SandboxSpec.Builder spec = SandboxSpec.builder(candidate).source(source);
    options.addTo(spec, session.host());
    if (expires != null) {
      spec.expiresAfter(expires);
    }
    return spec.build();
  }

  private Sandbox create(SandboxSpec spec, Optional<TaskSpec> first) {
    try (ProgressLine progress = session.progress()) {
      return first.isPresent()
          ? session.dispense().create(spec, first.get(), progress)
          : session.dispense().create(spec, progress);
    }
  }

  private void say(SandboxInfo info, boolean hasTask) {
    Printer out = session.out();
    out.line(
        "Sandbox '%s' is ready%s."
            .formatted(
                info.name(), info.branch().map(branch -> ", on the branch " + branch).orElse("")));
    info.expiresAfter()
        .ifPresent(time -> out.line("It stops by itself after " + Durations.text(time) + "."));
    if (hasTask) {
      out.line("Task 1 was given to the agent '%s'.".formatted(info.agent()));
    }
    Hints hints = new Hints(out);
    if (hasTask && !follow) {
      hints.add("watch the agent", "dispense", info.agent(), info.name(), "logs -f");
    } else if (!hasTask && !options.skipDaemon()) {
      hints.add("give a task", "dispense", info.agent(), info.name(), "run \"...\"");
    }
    hints.add("look around", "dispense shell", info.name());
    hints.add("see changes", "dispense diff", info.name());
    hints.add("take them over", "dispense fetch", info.name());
    hints.add("delete it", "dispense delete", info.name());
  }
}
