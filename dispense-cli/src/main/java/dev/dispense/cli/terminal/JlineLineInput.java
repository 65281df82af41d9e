package dev.dispense.cli.terminal;

import dev.dispense.DispenseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/** Lines typed at the terminal of this process; a pasted text of several lines is one of them. */
final class JlineLineInput implements Console.LineInput {
  /** Shown for each character that is typed. */
  private static final Character NOTHING = '\0';

  private final Terminal terminal;
  private final LineReader reader;

  JlineLineInput(Terminal terminal) {
    this.terminal = terminal;
    this.reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .build();
  }

  @Override
  public Optional<String> readLine(String prompt) {
    return read(() -> reader.readLine(prompt));
  }

  @Override
  public Optional<String> readSecret(String prompt) {
    return read(() -> reader.readLine(prompt, NOTHING));
  }

  private static Optional<String> read(Supplier<String> line) {
    try {
      return Optional.of(line.get());
    } catch (EndOfFileException e) {
      return Optional.empty();
    } catch (UserInterruptException e) {
      throw DispenseException.interrupted("waiting for an answer", new InterruptedException());
    }
  }

  @Override
  public void close() {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
