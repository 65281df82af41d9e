package dev.dispense.cli.terminal;

import dev.dispense.Streams;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** What the command reads and writes: three streams, and the terminal behind them if any. */
public interface Console {
  /** One of the streams that every process has. */
  enum Stream {
    IN(0),
    OUT(1),
    ERR(2);

    private final int descriptor;

    Stream(int descriptor) {
      this.descriptor = descriptor;
    }

    /** Returns the number of its file descriptor, as POSIX has it. */
    int descriptor() {
      return descriptor;
    }
  }

  InputStream in();

  OutputStream out();

  OutputStream err();

  boolean isTerminal(Stream stream);

  /** Returns the width of the terminal on {@link Stream#ERR}; 80 when it is not known. */
  int columns();

  /** Lets the person at the terminal type lines, until it is closed. */
  LineInput openLineInput();

  /** Hands each key stroke on as it is typed, Ctrl-C too, until it is closed. */
  RawTerminal openRaw();

  /** Whether there is a person who can answer. */
  default boolean isInteractive() {
    return isTerminal(Stream.IN) && isTerminal(Stream.ERR);
  }

  /** Lines that a person types, and edits while typing. */
  interface LineInput extends AutoCloseable {
    /**
     * Asks for one line.
     *
     * @return empty at the end of the input
     */
    Optional<String> readLine(String prompt);

    /**
     * Asks for one line that is not shown, nor remembered.
     *
     * @return empty at the end of the input
     */
    Optional<String> readSecret(String prompt);

    @Override
    void close();
  }

  /** A terminal that edits and interprets nothing; closing it restores how it was. */
  interface RawTerminal extends Streams.Terminal, AutoCloseable {
    @Override
    void close();
  }
}
