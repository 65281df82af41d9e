package dev.dispense.cli.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes text in UTF-8, whatever the locale says, as that is what agents and git write. When nobody
 * reads standard output any more, it throws, so that the command ends.
 */
public final class Printer {
  private final Guarded stream;
  private final @Nullable BooleanSupplier colour;
  private final boolean required;

  private Printer(OutputStream stream, @Nullable BooleanSupplier colour, boolean required) {
    this.stream = new Guarded(stream);
    this.colour = colour;
    this.required = required;
  }

  /**
   * Returns a printer of what was asked for.
   *
   * @param colour asked when there is something to colour
   */
  public static Printer ofOutput(OutputStream stream, BooleanSupplier colour) {
    return new Printer(stream, colour, true);
  }

  /** Returns a printer of what is said beside it, and which may get lost. */
  public static Printer ofErrors(OutputStream stream) {
    return new Printer(stream, null, false);
  }

  /** What text looks like on a terminal, as the parameter of ECMA-48's SGR. */
  public enum Style {
    BOLD(1),
    DIM(2),
    RED(31),
    GREEN(32),
    YELLOW(33),
    CYAN(36);

    private final int parameter;

    Style(int parameter) {
      this.parameter = parameter;
    }
  }

  /** Returns text in a style, or as it is where there are no colours. */
  public String styled(Style style, String text) {
    return colour != null && colour.getAsBoolean()
        ? "\u001B[" + style.parameter + "m" + text + "\u001B[0m"
        : text;
  }

  /** Writes a line. */
  public void line(String text) {
    print(text + "\n");
  }

  /** Writes text as it is. */
  public void print(String text) {
    try {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
      stream.flush();
    } catch (IOException e) {
      if (required) {
        throw new BrokenPipeException(e);
      }
    }
  }

  /** Returns the stream below, for bytes that are not text of ours. */
  public OutputStream stream() {
    return stream;
  }

  /** Returns why writing has failed, in {@link #print} or below; empty when it has not. */
  public Optional<IOException> failure() {
    return Optional.ofNullable(stream.failure);
  }

  /** Nobody reads the output any more. */
  static final class BrokenPipeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private BrokenPipeException(IOException cause) {
      super(cause);
    }
  }

  private static final class Guarded extends OutputStream {
    private final OutputStream out;
    private volatile @Nullable IOException failure;

    private Guarded(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }
}
