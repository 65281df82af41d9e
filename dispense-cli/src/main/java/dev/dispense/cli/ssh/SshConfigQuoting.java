package dev.dispense.cli.ssh;

import dev.dispense.Environment;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes words into a configuration of {@code ssh}, some of which a shell reads afterwards. What
 * cannot be written so that both read the same is refused.
 */
final class SshConfigQuoting {
  /**
   * What decides which sandboxes a command of ours sees; an IDE that is started from a menu has
   * another environment than the shell. None of them is a secret.
   */
  private static final List<String> VARIABLES =
      List.of(
          "DISPENSE_HOME",
          "XDG_STATE_HOME",
          "XDG_CONFIG_HOME",
          "DOCKER_HOST",
          "DOCKER_CONTEXT",
          "DAYTONA_API_URL",
          "JAVA_HOME");

  private SshConfigQuoting() {}

  /** Returns a command of ours for the shell through which ssh starts it. */
  static String command(Environment host, String... arguments) {
    List<String> words = new ArrayList<>(List.of("env"));
    for (String name : VARIABLES) {
      Optional<String> value = host.variable(name);
      value.ifPresent(text -> words.add(shellWord(name + "=" + text)));
    }
    words.add(shellWord(host.variable("DISPENSE_LAUNCHER").orElse("dispense")));
    for (String argument : arguments) {
      words.add(shellWord(argument));
    }
    return String.join(" ", words);
  }

  private static String shellWord(String word) {
    return "'" + checked(word, "'\"\\") + "'";
  }

  /** Returns a path as an argument of an option that expands tokens. */
  static String quoted(String path) {
    return '"' + checked(path, "\"\\") + '"';
  }

  /** Returns a path as an argument of Include, which expands wildcards instead. */
  static String included(String path) {
    String checked = checked(path, "\"\\*?[~");
    return '"' + checked.replace("%%", "%") + '"';
  }

  private static String checked(String text, String unwanted) {
    boolean harmless = text.chars().noneMatch(c -> c < ' ' || c == 127 || unwanted.indexOf(c) >= 0);
    if (!harmless) {
      throw new RefusedException(
          "Refused to write '%s' into a configuration of ssh because it has characters that mean something there (%s). Choose another place by the setting DISPENSE_HOME."
              .formatted(PrintableText.printable(text, 200), unwanted));
    }
    return text.replace("%", "%%");
  }
}
