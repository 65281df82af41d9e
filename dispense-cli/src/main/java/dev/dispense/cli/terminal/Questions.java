package dev.dispense.cli.terminal;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the person at the terminal. Only to be used where there is one. What is typed ahead counts,
 * until it is closed.
 */
public final class Questions implements AutoCloseable {
  private final Console console;
  private final Printer err;
  private Console.@Nullable LineInput input;

  public Questions(Console console, Printer err) {
    this.console = console;
    this.err = err;
  }

  public boolean canAsk() {
    return console.isInteractive();
  }

  /** Asks for a yes; anything else, also the end of the input, is a no. */
  public boolean confirm(String question) {
    String answer = readLine(question + " [y/N] ").orElse("").strip().toLowerCase(Locale.ROOT);
    return Set.of("y", "yes").contains(answer);
  }

  /** Asks for one line; just Enter takes the suggestion. Empty at the end of the input. */
  public Optional<String> line(String question, String suggestion) {
    return readLine("%s [%s]: ".formatted(question, suggestion))
        .map(String::strip)
        .map(answer -> answer.isEmpty() ? suggestion : answer);
  }

  /** Asks for a line that is not to be seen while it is typed. Empty at the end of the input. */
  public Optional<String> secret(String question) {
    return lineInput().readSecret(question + ": ");
  }

  /** Asks for text of several lines, up to an empty one or the end of the input. */
  public Optional<String> lines(String question) {
    err.line(question);
    StringBuilder text = new StringBuilder();
    Optional<String> line = readLine("> ");
    while (line.isPresent() && !line.get().isBlank()) {
      text.append(line.get()).append('\n');
      line = readLine("> ");
    }
    return text.isEmpty() ? Optional.empty() : Optional.of(text.toString().strip());
  }

  private Optional<String> readLine(String prompt) {
    return lineInput().readLine(prompt);
  }

  private Console.LineInput lineInput() {
    Console.LineInput opened = input;
    if (opened == null) {
      opened = console.openLineInput();
      input = opened;
    }
    return opened;
  }

  /** Gives the terminal back; another question takes it again. */
  @Override
  public void close() {
    Console.LineInput opened = input;
    input = null;
    if (opened != null) {
      opened.close();
    }
  }
}
