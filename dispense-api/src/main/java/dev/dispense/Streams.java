package dev.dispense;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a command in a sandbox reads and writes. The output streams are written live, from one
 * thread at a time each; a slow one slows the command down and nothing is gathered. None of the
 * streams is closed by who runs the command: they stay the caller's.
 *
 * @param stdin read to its end, which the command then sees as end of file; absent: the command
 *     sees end of file at once
 * @param stdout receives the standard output
 * @param stderr receives the standard error; unused with a terminal, which has one output
 * @param terminal present when the command gets a terminal (a TTY) instead of pipes
 */
public record Streams(
    Optional<InputStream> stdin,
    OutputStream stdout,
    OutputStream stderr,
    Optional<Terminal> terminal) {

  /** Returns streams without input. */
  public static Streams of(OutputStream stdout, OutputStream stderr) {
    return new Streams(Optional.empty(), stdout, stderr, Optional.empty());
  }

  /** Returns streams with input. */
  public static Streams of(InputStream stdin, OutputStream stdout, OutputStream stderr) {
    return new Streams(Optional.of(stdin), stdout, stderr, Optional.empty());
  }

  /** Returns a terminal's streams. */
  public static Streams of(InputStream stdin, OutputStream output, Terminal terminal) {
    return new Streams(Optional.of(stdin), output, output, Optional.of(terminal));
  }

  /** The terminal that a person sits at, as far as a command in a sandbox must know it. */
  public interface Terminal {
    /** Returns the size now. */
    Size size();

    /**
     * Calls {@code listener} with each later size until the command ends, from any thread. Replaces
     * the listener set before.
     */
    void onResize(Consumer<Size> listener);

    /** Returns the value of {@code TERM}, such as {@code xterm-256color}. */
    String type();

    /**
     * A size in characters.
     *
     * @param columns from 1
     * @param rows from 1
     */
    record Size(int columns, int rows) {
      /**
       * Checks the size.
       *
       * @throws IllegalArgumentException when it is not positive
       */
      public Size {
        if (columns < 1 || rows < 1) {
          throw new IllegalArgumentException("not a terminal size: " + columns + "x" + rows);
        }
      }
    }
  }
}
