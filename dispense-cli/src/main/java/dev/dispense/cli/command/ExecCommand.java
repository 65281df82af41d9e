package dev.dispense.cli.command;

import dev.dispense.Command;
import dev.dispense.Sandbox;
import dev.dispense.cli.session.Attachment;
import dev.dispense.cli.session.LocationOptions;
import dev.dispense.cli.session.SandboxArgument;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.Durations;
import dev.dispense.cli.terminal.UsageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "exec",
    customSynopsis = "dispense exec <sandbox> [<options>] [--] <program> [<argument>...]%n",
    description = {
      "Runs a program in a sandbox, in its workspace, and returns its exit code.",
      "Standard input is passed on unless it is a terminal that the program gets no part of.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense exec fix-login -- git log --oneline",
      "  dispense exec fix-login --timeout 10m -- ./mvnw -B verify",
      "  dispense exec fix-login -- sh -c 'cat >notes.txt' <notes.txt"
    })
public final class ExecCommand implements Callable<Integer> {
  private final Session session;
  private final SandboxArgument sandbox = new SandboxArgument();

  @Option(
      names = "--user",
      paramLabel = "<uid>[:<gid>]",
      description = "The user to run as; default the sandbox's own.")
  private @Nullable String user;

  @Option(
      names = "--cwd",
      paramLabel = "<path>",
      description = "The directory to run in, an absolute path; default the workspace.")
  private @Nullable String directory;

  @Option(
      names = "--timeout",
      paramLabel = "<time>",
      converter = Durations.Converter.class,
      description = "Kills the program and all it started after a time such as 90s or 10m.")
  private @Nullable Duration timeout;

  @Option(
      names = {"-t", "--tty"},
      negatable = true,
      fallbackValue = "true",
      description = "Gives it a terminal; default when standard input and output are terminals.")
  private @Nullable Boolean tty;

  @Mixin private final LocationOptions side = new LocationOptions();

  @Parameters(hidden = true)
  private List<String> argv = List.of();

  private ExecCommand(Session session) {
    this.session = session;
  }

  public static CommandLine commandLine(Session session) {
    ExecCommand command = new ExecCommand(session);
    CommandLine commandLine = new CommandLine(command).setStopAtPositional(true);
    commandLine.getCommandSpec().preprocessor(command.sandbox);
    return commandLine;
  }

  @Override
  public Integer call() {
    List<String> words = new ArrayList<>(argv);
    String name = sandbox.name();
    if (name.isEmpty() && !words.isEmpty()) {
      name = words.remove(0);
    }
    if (!words.isEmpty() && words.get(0).equals("--")) {
      words.remove(0);
    }
    if (name.isEmpty() || words.isEmpty()) {
      throw new UsageException(
          "Say in which sandbox to run what: dispense exec <sandbox> -- <program> [<argument>...]");
    }
    Command command = command(words);
    try (Sandbox found = side.sandbox(session, name)) {
      return new Attachment(session).exec(found, command, tty);
    }
  }

  private Command command(List<String> words) {
    Command command = Command.of(words);
    if (directory != null) {
      command = command.in(directory);
    }
    if (user != null) {
      command = command.as(user);
    }
    return timeout == null ? command : command.within(timeout);
  }
}
