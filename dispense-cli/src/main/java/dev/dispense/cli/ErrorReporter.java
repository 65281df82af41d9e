package dev.dispense.cli;

import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.TimedOutException;
import dev.dispense.cli.agent.AgentCommand;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.NextStep;
import dev.dispense.cli.terminal.Suggestions;
import dev.dispense.cli.terminal.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** Says what went wrong, and turns it into an exit code. */
final class ErrorReporter {
  private final Session session;
  private final boolean debug;

  ErrorReporter(Session session, boolean debug) {
    this.session = session;
    this.debug = debug;
  }

  /** What was typed cannot be understood. */
  int ofUsage(CommandLine.ParameterException e) {
    if (e.getCause() instanceof UsageException
        || e.getCause() instanceof IllegalArgumentException) {
      say(NextStep.message(e.getCause()));
    } else if (e instanceof CommandLine.UnmatchedArgumentException unmatched
        && isUnknownCommand(unmatched)) {
      sayUnknownCommand(unmatched);
    } else {
      say(plain(NextStep.message(e)));
      // Names of options that were perhaps meant.
      CommandLine.UnmatchedArgumentException.printSuggestions(e, e.getCommandLine().getErr());
    }
    session.err().line("See: %s --help".formatted(typedName(e.getCommandLine())));
    trace(e);
    return ExitCode.USAGE;
  }

  /** The words that lead to a command: those of an agent stand behind the name of a sandbox. */
  private static String typedName(CommandLine commandLine) {
    String name = commandLine.getCommandName();
    CommandLine parent = commandLine.getParent();
    if (parent == null) {
      return name;
    }
    boolean ofAgent = parent.getCommand() instanceof AgentCommand;
    return typedName(parent) + (ofAgent ? " <sandbox> " : " ") + name;
  }

  private static boolean isUnknownCommand(CommandLine.UnmatchedArgumentException e) {
    return !e.getCommandLine().getSubcommands().isEmpty()
        && !e.getUnmatched().get(0).startsWith("-");
  }

  /** Says in a user's words what the library of the command line says in a programmer's. */
  private static String plain(String message) {
    return message
        .replaceFirst("positional parameter at index \\d+ \\((<.*>)\\)", "$1")
        .replaceFirst("^Unmatched arguments? (?:at|from) index \\d+: ", "That is too much: ")
        .replaceFirst("is not an? (?:int|long)$", "is not a whole number, or too large a one")
        .replaceFirst("is not a double$", "is not a number");
  }

  private void sayUnknownCommand(CommandLine.UnmatchedArgumentException e) {
    String typed = e.getUnmatched().get(0);
    List<String> near =
        Suggestions.of(typed, List.copyOf(e.getCommandLine().getSubcommands().keySet()));
    say(
        "There is no command '%s'.%s"
            .formatted(
                typed, near.isEmpty() ? "" : " Did you mean: " + String.join(", ", near) + "?"));
  }

  /** A command failed. */
  int of(Exception e) {
    Optional<IOException> output = session.outputFailure();
    if (output.isPresent()) {
      return ofOutput(output.get());
    }
    boolean expected =
        e instanceof DispenseException
            || e instanceof UsageException
            || e instanceof IllegalArgumentException;
    say(expected ? NextStep.message(e) : "Something unexpected went wrong: " + e);
    for (Throwable besides : e.getSuppressed()) {
      say("Besides: " + NextStep.message(besides));
    }
    if (!expected && !debug) {
      session.err().line("To see more, run it again with --debug.");
    }
    trace(e);
    if (Thread.currentThread().isInterrupted()) {
      return ExitCode.INTERRUPTED;
    }
    if (e instanceof TimedOutException) {
      return ExitCode.TIMED_OUT;
    }
    return e instanceof UsageException || e instanceof IllegalArgumentException
        ? ExitCode.USAGE
        : ExitCode.FAILED;
  }

  /** What was asked for could not be written. That nobody wants to read it is nothing to tell. */
  int ofOutput(IOException e) {
    if ("Broken pipe".equals(e.getMessage())) {
      return ExitCode.BROKEN_PIPE;
    }
    say(
        "Tried to write to standard output but failed because %s. What was asked for may be done all the same, and what is written is incomplete."
            .formatted(DispenseException.reason(e)));
    return ExitCode.FAILED;
  }

  private void say(String message) {
    session.err().line("dispense: " + PrintableText.printable(message));
  }

  private void trace(Exception e) {
    if (debug) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      session.err().line(PrintableText.printable(trace.toString()));
    }
  }
}
