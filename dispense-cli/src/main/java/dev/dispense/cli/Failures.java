package dev.dispense.cli;

import dev.dispense.DispenseException;
import dev.dispense.Text;
import dev.dispense.TimedOutException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** Says what went wrong, and turns it into an exit code. */
final class Failures {
  private final Session session;
  private final boolean debug;

  Failures(Session session, boolean debug) {
    this.session = session;
    this.debug = debug;
  }

  /** What was typed cannot be understood. */
  int ofUsage(CommandLine.ParameterException e) {
    if (e.getCause() instanceof UsageException
        || e.getCause() instanceof IllegalArgumentException) {
      say(message(e.getCause()));
    } else if (e instanceof CommandLine.UnmatchedArgumentException unmatched
        && isUnknownCommand(unmatched)) {
      sayUnknownCommand(unmatched);
    } else {
      say(message(e));
      // Names of options that were perhaps meant.
      CommandLine.UnmatchedArgumentException.printSuggestions(e, e.getCommandLine().getErr());
    }
    session
        .err()
        .line("See: %s --help".formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
    trace(e);
    return ExitCode.USAGE;
  }

  private static boolean isUnknownCommand(CommandLine.UnmatchedArgumentException e) {
    return !e.getCommandLine().getSubcommands().isEmpty()
        && !e.getUnmatched().get(0).startsWith("-");
  }

  private void sayUnknownCommand(CommandLine.UnmatchedArgumentException e) {
    String typed = e.getUnmatched().get(0);
    List<String> near =
        NearNames.of(typed, List.copyOf(e.getCommandLine().getSubcommands().keySet()));
    say(
        "There is no command '%s'.%s"
            .formatted(
                typed, near.isEmpty() ? "" : " Did you mean: " + String.join(", ", near) + "?"));
  }

  /** A command failed. */
  int of(Exception e) {
    if (session.isOutputBroken()) {
      return ExitCode.BROKEN_PIPE;
    }
    boolean expected =
        e instanceof DispenseException
            || e instanceof UsageException
            || e instanceof IllegalArgumentException;
    say(expected ? message(e) : "Something unexpected went wrong: " + e);
    for (Throwable besides : e.getSuppressed()) {
      say("Besides: " + message(besides));
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

  private static String message(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }

  private void say(String message) {
    session.err().line("dispense: " + Text.printable(message));
  }

  private void trace(Exception e) {
    if (debug) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      session.err().line(Text.printable(trace.toString()));
    }
  }
}
