package dev.dispense.cli;

import java.util.Locale;
import java.util.Optional;

/** Asks the person at the terminal. Only to be used where there is one. */
final class Questions {
  private final Console console;
  private final Printer err;

  Questions(Console console, Printer err) {
    this.console = console;
    this.err = err;
  }

  boolean canAsk() {
    return console.isInteractive();
  }

  /** Asks for a yes; anything else, also the end of the input, is a no. */
  boolean confirm(String question) {
    String answer = console.readLine(question + " [y/N] ").orElse("").strip();
    return answer.toLowerCase(Locale.ROOT).equals("y")
        || answer.toLowerCase(Locale.ROOT).equals("yes");
  }

  /** Asks for one line; just Enter takes the suggestion. Empty at the end of the input. */
  Optional<String> line(String question, String suggestion) {
    return console
        .readLine("%s [%s]: ".formatted(question, suggestion))
        .map(String::strip)
        .map(answer -> answer.isEmpty() ? suggestion : answer);
  }

  /** Asks for text of several lines, up to an empty one or the end of the input. */
  Optional<String> lines(String question) {
    err.line(question);
    StringBuilder text = new StringBuilder();
    Optional<String> line = console.readLine("> ");
    while (line.isPresent() && !line.get().isBlank()) {
      text.append(line.get()).append('\n');
      line = console.readLine("> ");
    }
    return text.isEmpty() ? Optional.empty() : Optional.of(text.toString().strip());
  }
}
