package dev.dispense.cli;

import dev.dispense.cli.command.HelpCommand;
import dev.dispense.cli.command.ListCommand;
import dev.dispense.cli.command.VersionCommand;
import dev.dispense.cli.session.Session;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What is typed most often and has nothing to parse: {@code version}, {@code help} and {@code list}
 * without options. The parser takes longer to load than these take to run, so they do without; what
 * they do and print is the same with it ({@link Cli}).
 */
final class FastPath {
  private FastPath() {}

  /** Returns whether the arguments ask for one. */
  static boolean isOne(List<String> arguments) {
    if (arguments.size() != 1) {
      return false;
    }
    return switch (arguments.get(0)) {
      case "version", "--version", "-v", "help", "--help", "-h", "list" -> true;
      default -> false;
    };
  }

  /** Runs the one that the arguments ask for, and returns the exit code. */
  static int run(Session session, List<String> arguments) {
    try {
      return command(session, arguments.get(0)).call();
    } catch (Exception e) {
      return new ErrorReporter(session, false).of(e);
    }
  }

  private static Callable<Integer> command(Session session, String word) {
    return switch (word) {
      case "list" -> new ListCommand(session);
      case "help", "--help", "-h" -> new HelpCommand(session);
      default -> new VersionCommand(session);
    };
  }
}
