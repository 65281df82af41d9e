package dev.dispense.cli;

import dev.dispense.Dispense;
import dev.dispense.cli.agent.AgentCommand;
import dev.dispense.cli.command.ApplyCommand;
import dev.dispense.cli.command.DeleteCommand;
import dev.dispense.cli.command.DiffCommand;
import dev.dispense.cli.command.DoctorCommand;
import dev.dispense.cli.command.ExecCommand;
import dev.dispense.cli.command.FetchCommand;
import dev.dispense.cli.command.GcCommand;
import dev.dispense.cli.command.ListCommand;
import dev.dispense.cli.command.LoginCommand;
import dev.dispense.cli.command.MergeCommand;
import dev.dispense.cli.command.NetworkCommand;
import dev.dispense.cli.command.NewCommand;
import dev.dispense.cli.command.PoolCommand;
import dev.dispense.cli.command.PreviewCommand;
import dev.dispense.cli.command.ShareCommand;
import dev.dispense.cli.command.ShellCommand;
import dev.dispense.cli.command.SshCommand;
import dev.dispense.cli.command.SshProxyCommand;
import dev.dispense.cli.command.SshRefreshCommand;
import dev.dispense.cli.command.StartCommand;
import dev.dispense.cli.command.StopCommand;
import dev.dispense.cli.command.VersionCommand;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.Console;
import dev.dispense.cli.terminal.ExitCode;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** The command line: the commands by name, and what is the same for all of them. */
final class Cli {
  private static final String DEFAULT_COMMAND = "new";
  private static final Set<String> DEBUG = Set.of("-d", "--debug");

  /** The agents that have a group of commands of their own, by the name that people know. */
  private static final Map<String, String> AGENTS = Map.of("claude", "Claude Code");

  private static final Map<String, Function<Session, Object>> COMMANDS = commands();

  private final Console console;
  private final Supplier<Dispense> opener;
  private final Path directory;

  /**
   * @param opener opens the library; called at most once, and only for a command that needs it
   * @param directory the directory that the command is called in
   */
  Cli(Console console, Supplier<Dispense> opener, Path directory) {
    this.console = console;
    this.opener = opener;
    this.directory = directory;
  }

  private static Map<String, Function<Session, Object>> commands() {
    Map<String, Function<Session, Object>> commands = new LinkedHashMap<>();
    commands.put("new", NewCommand::new);
    commands.put("list", ListCommand::new);
    AGENTS.forEach(
        (id, name) -> commands.put(id, session -> AgentCommand.commandLine(session, id, name)));
    commands.put("diff", DiffCommand::new);
    commands.put("merge", MergeCommand::new);
    commands.put("apply", ApplyCommand::new);
    commands.put("fetch", FetchCommand::new);
    commands.put("shell", ShellCommand::new);
    commands.put("ssh", SshCommand::new);
    commands.put("exec", ExecCommand::commandLine);
    commands.put("preview", PreviewCommand::new);
    commands.put("share", ShareCommand::new);
    commands.put("network", NetworkCommand::new);
    commands.put("stop", StopCommand::new);
    commands.put("start", StartCommand::new);
    commands.put("delete", DeleteCommand::new);
    commands.put("gc", GcCommand::new);
    commands.put("pool", PoolCommand::new);
    commands.put("login", LoginCommand::new);
    commands.put("doctor", DoctorCommand::new);
    commands.put("ssh-proxy", SshProxyCommand::new);
    commands.put("ssh-refresh", SshRefreshCommand::new);
    commands.put("version", VersionCommand::new);
    return commands;
  }

  /** Returns whether the arguments, up to a {@code --}, ask for debugging output. */
  static boolean wantsDebug(List<String> arguments) {
    return arguments.stream()
        .takeWhile(argument -> !argument.equals("--"))
        .anyMatch(DEBUG::contains);
  }

  /** Runs one command and returns the exit code. */
  int run(List<String> arguments) {
    List<String> completed = withCommand(arguments);
    try (Session session = new Session(console, opener, directory)) {
      int exitCode = commandLine(session, completed).execute(completed.toArray(String[]::new));
      boolean isLost = exitCode == ExitCode.OK && session.outputFailure().isPresent();
      return isLost
          ? new ErrorReporter(session, false).ofOutput(session.outputFailure().get())
          : exitCode;
    }
  }

  /**
   * Without a command, or with nothing but options, a sandbox is created. What {@code help} is
   * asked for is shown by the option.
   */
  private static List<String> withCommand(List<String> arguments) {
    if (!arguments.isEmpty() && arguments.get(0).equals("help")) {
      List<String> shown = new ArrayList<>(arguments.subList(1, arguments.size()));
      shown.add("--help");
      return shown;
    }
    int first = 0;
    while (first < arguments.size() && DEBUG.contains(arguments.get(first))) {
      first++;
    }
    boolean hasCommand =
        first < arguments.size()
            && (!arguments.get(first).startsWith("-")
                || Set.of("-h", "--help", "-v", "--version").contains(arguments.get(first)));
    if (hasCommand) {
      return arguments;
    }
    List<String> completed = new ArrayList<>(arguments);
    completed.add(first, DEFAULT_COMMAND);
    return completed;
  }

  private static CommandLine commandLine(Session session, List<String> arguments) {
    CommandLine commandLine = new CommandLine(new Root());
    COMMANDS.forEach(
        (name, command) -> {
          if (isNeeded(name, arguments)) {
            commandLine.addSubcommand(name, command.apply(session));
          }
        });
    ErrorReporter failures = new ErrorReporter(session, wantsDebug(arguments));
    return commandLine
        .setOut(writer(session.out().stream()))
        .setErr(writer(session.console().err()))
        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
        .setUsageHelpWidth(100)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpLongOptionsMaxWidth(32)
        .setParameterExceptionHandler((e, typed) -> failures.ofUsage(e))
        .setExecutionExceptionHandler((e, command, parsed) -> failures.of(e));
  }

  // Reading the annotations of all commands takes longer than running one of them.
  private static boolean isNeeded(String name, List<String> arguments) {
    for (String argument : arguments) {
      if (!argument.startsWith("-")) {
        return !COMMANDS.containsKey(argument) || argument.equals(name);
      }
    }
    return true;
  }

  private static PrintWriter writer(java.io.OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  @Command(
      name = "dispense",
      synopsisHeading = "",
      customSynopsis = {
        "Usage: dispense <command> [<options>]",
        "       dispense [<options>]              the same as dispense new"
      },
      description = {
        "",
        "Runs coding agents in isolated sandboxes: a repository goes in, a reviewed branch comes"
            + " out.",
        ""
      },
      versionProvider = VersionCommand.Provider.class,
      optionListHeading = "%nOptions:%n",
      commandListHeading = "%nCommands:%n",
      footer = {
        "",
        "Examples:",
        "  dispense new -n fix-login --task \"Fix the login bug\"",
        "  dispense claude fix-login logs -f",
        "  dispense diff fix-login",
        "  dispense merge fix-login",
        "  dispense delete fix-login",
        "",
        "Exit codes: 0 done; 1 failed, also a task that was followed or waited for; 2 wrong usage;",
        "  124 time was up; 130 interrupted. exec and shell return the code of what ran.",
        "Settings: $XDG_CONFIG_HOME/dispense/config.properties, and DISPENSE_... in the"
            + " environment.",
        "More on a command: dispense <command> --help"
      })
  // Picocli acts upon these options itself.
  @SuppressWarnings("UnusedVariable")
  private static final class Root {
    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        scope = CommandLine.ScopeType.INHERIT,
        description = "Shows this help.")
    private boolean help;

    @Option(
        names = {"-v", "--version"},
        versionHelp = true,
        description = "Shows the version.")
    private boolean version;

    @Option(
        names = {"-d", "--debug"},
        scope = CommandLine.ScopeType.INHERIT,
        description = "Logs what is done, and shows where an error came from.")
    private boolean debug;
  }
}
