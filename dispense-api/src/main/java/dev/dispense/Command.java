package dev.dispense;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program to run in a sandbox, as an argument list that no shell interprets.
 *
 * @param argv the program and its arguments; at least one, none with NUL
 * @param environment variables set on top of the sandbox's own
 * @param workingDirectory an absolute path in the sandbox; default the workspace
 * @param user {@code uid} or {@code uid:gid}; default the sandbox's own user
 * @param timeout after which the program and all processes that it started are killed; default none
 */
public record Command(
    List<String> argv,
    Map<String, String> environment,
    Optional<String> workingDirectory,
    Optional<String> user,
    Optional<Duration> timeout) {

  /** The most that Linux passes on in one argument or variable, without the NUL (execve(2)). */
  private static final int MAX_BYTES = (128 << 10) - 1;

  /**
   * Copies and checks the parts.
   *
   * @throws IllegalArgumentException when there is no program, a NUL in an argument or variable,
   *     one of either that is longer than 128 KiB, a variable name that is empty or has a blank or
   *     {@code =}, a working directory that is not absolute, a user that is not numeric, or a
   *     time-out that is not positive
   */
  public Command {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    if (argv.isEmpty() || argv.get(0).isEmpty()) {
      throw new IllegalArgumentException("A command needs a program to run.");
    }
    if (argv.stream().anyMatch(Command::hasNul)) {
      throw new IllegalArgumentException("An argument of a command cannot have a NUL in it.");
    }
    if (argv.stream().anyMatch(Command::isTooLong)) {
      throw new IllegalArgumentException(
          "An argument of a command is too long: a program can be given %d bytes. Pass it by the input, or in a file."
              .formatted(MAX_BYTES));
    }
    environment.forEach(Command::checkVariable);
    if (workingDirectory.filter(path -> !path.startsWith("/") || hasNul(path)).isPresent()) {
      throw new IllegalArgumentException(
          "A working directory must be an absolute path, not '"
              + PrintableText.printable(workingDirectory.get(), 80)
              + "'.");
    }
    if (user.filter(ids -> !ids.matches("\\d{1,10}(:\\d{1,10})?")).isPresent()) {
      throw new IllegalArgumentException(
          "A user must be numeric, as 1000 or 1000:1000, not '"
              + PrintableText.printable(user.get(), 80)
              + "'.");
    }
    if (timeout.isPresent() && (timeout.get().isNegative() || timeout.get().isZero())) {
      throw new IllegalArgumentException("A time-out must be positive, not " + timeout.get());
    }
  }

  /** Returns the command {@code argv} with all else at its default. */
  public static Command of(String... argv) {
    return of(List.of(argv));
  }

  /** Returns the command {@code argv} with all else at its default. */
  public static Command of(List<String> argv) {
    return new Command(argv, Map.of(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Returns this command with these variables instead of the ones it had. */
  public Command withEnvironment(Map<String, String> variables) {
    return new Command(argv, variables, workingDirectory, user, timeout);
  }

  /** Returns this command run in {@code directory}, an absolute path in the sandbox. */
  public Command in(String directory) {
    return new Command(argv, environment, Optional.of(directory), user, timeout);
  }

  /** Returns this command run as {@code user}: {@code uid} or {@code uid:gid}. */
  public Command as(String user) {
    return new Command(argv, environment, workingDirectory, Optional.of(user), timeout);
  }

  /** Returns this command killed after {@code timeout}. */
  public Command within(Duration timeout) {
    return new Command(argv, environment, workingDirectory, user, Optional.of(timeout));
  }

  static void checkVariable(String name, String value) {
    boolean blank = name.chars().anyMatch(c -> Character.isWhitespace(c) || c < ' ');
    if (name.isEmpty() || name.indexOf('=') >= 0 || blank || hasNul(value)) {
      throw new IllegalArgumentException(
          ("'%s' cannot be set as an environment variable: its name must have at least one"
                  + " character, and neither blanks, control characters nor '='; its value no NUL.")
              .formatted(PrintableText.printable(name, 80)));
    }
    if (isTooLong(name + "=" + value)) {
      throw new IllegalArgumentException(
          "The variable %s is too long: a program can be given %d bytes, its name included. Put its value into a file."
              .formatted(PrintableText.printable(name, 80), MAX_BYTES));
    }
  }

  private static boolean isTooLong(String text) {
    return text.length() > MAX_BYTES / 3
        && text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }
}
