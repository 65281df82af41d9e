package dev.dispense.daytona.sandbox;

import static dev.dispense.support.ShellScript.quote;

import dev.dispense.Command;
import dev.dispense.Streams;
import dev.dispense.support.ShellScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A shell script that becomes a command: its variables, its directory, its arguments. */
public final class LaunchScript {
  private static final String IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*";
  private static final String STORED_PREFIX = "DISPENSE_SANDBOX_";

  /** What the program in the sandbox needs itself, and commands get all the same. */
  private static final List<String> STORED = List.of("PATH", "HOME");

  private static final int CANNOT_RUN = 126;

  private LaunchScript() {}

  /**
   * Returns the name under which a variable of all commands is kept with the sandbox. The program
   * of the service that starts commands has {@code PATH} and {@code HOME} of its own.
   */
  static String storedName(String variable) {
    return STORED.contains(variable) ? STORED_PREFIX + variable : variable;
  }

  /** Returns the script for a command whose streams the runner has set up. */
  public static String of(Command command) {
    List<String> lines = new ArrayList<>(List.of("unset DISPENSE_RUNNER", "exec 5<&-"));
    lines.addAll(prepare(command, Map.of()));
    lines.add("exec " + words(command));
    return String.join("\n", lines) + "\n";
  }

  /**
   * Returns the script for a command with a terminal. A person can interrupt the command, but not
   * this, which waits for it to tell how it ended.
   *
   * @param mark by which the command is found when it must be killed
   * @param greeting what is printed first, without the blank in it
   */
  public static String of(
      Command command, Streams.Terminal terminal, String mark, String greeting) {
    List<String> lines = new ArrayList<>();
    lines.add("rm -f \"$0\"");
    lines.add("export " + ShellScript.MARK + "=" + quote(mark));
    lines.addAll(prepare(command, Map.of("TERM", terminal.type())));
    int blank = greeting.indexOf(' ');
    lines.add(
        "printf '%s%s' "
            + quote(greeting.substring(0, blank))
            + " "
            + quote(greeting.substring(blank + 1)));
    lines.add("trap : INT QUIT");
    // Another shell, so that the mark is in its environment from the start.
    lines.add("sh -c 'exec \"$@\"' sh " + words(command));
    lines.add("exit $?");
    return String.join("\n", lines) + "\n";
  }

  private static List<String> prepare(Command command, Map<String, String> more) {
    List<String> lines = new ArrayList<>();
    String software = Layout.PATHS.dispense() + "/software";
    lines.add("for bin in " + software + "/*/bin; do [ ! -d \"$bin\" ] || PATH=$bin:$PATH; done");
    lines.add("[ -z \"${DISPENSE_SANDBOX_PATH:-}\" ] || PATH=$DISPENSE_SANDBOX_PATH:$PATH");
    lines.add("HOME=${DISPENSE_SANDBOX_HOME:-" + Layout.PATHS.home() + "}");
    lines.add("export PATH HOME");
    Map<String, String> variables = new TreeMap<>(more);
    variables.putAll(command.environment());
    variables.forEach(
        (name, value) -> {
          if (name.matches(IDENTIFIER)) {
            lines.add("export " + name + "=" + quote(value));
          }
        });
    String directory = command.workingDirectory().orElse(Layout.PATHS.workspace());
    lines.add("cd " + quote(directory) + " || exit " + CANNOT_RUN);
    return lines;
  }

  /** Returns the argv; a shell cannot set variables with other names, {@code env} can. */
  private static String words(Command command) {
    List<String> words = new ArrayList<>();
    command
        .environment()
        .forEach(
            (name, value) -> {
              if (!name.matches(IDENTIFIER)) {
                words.add(quote(name + "=" + value));
              }
            });
    if (!words.isEmpty()) {
      words.add(0, "env");
    }
    command.argv().forEach(word -> words.add(quote(word)));
    return String.join(" ", words);
  }

  /** Returns who the command must run as, as the runner reads it. */
  public static String user(Optional<String> user) {
    return user.orElse("-");
  }
}
