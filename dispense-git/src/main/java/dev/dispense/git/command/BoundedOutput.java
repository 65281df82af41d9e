package dev.dispense.git.command;

import dev.dispense.DispenseException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.List;

/** Gathers output up to a limit; what comes after it is dropped. */
public final class BoundedOutput extends OutputStream {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final int limit;
  private boolean cut;

  public BoundedOutput(int limit) {
    this.limit = limit;
  }

  @Override
  public synchronized void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] buffer, int offset, int length) {
    int room = Math.min(length, limit - bytes.size());
    bytes.write(buffer, offset, room);
    cut |= room < length;
  }

  public synchronized String text(Charset charset) {
    return bytes.toString(charset);
  }

  /** Throws when anything was dropped, for output that is of no use without its end. */
  synchronized void check(List<String> arguments) {
    if (cut) {
      throw new DispenseException(
          "Tried to read the output of "
              + Git.describe(arguments)
              + " but failed because it is longer than "
              + limit
              + " bytes.");
    }
  }
}
