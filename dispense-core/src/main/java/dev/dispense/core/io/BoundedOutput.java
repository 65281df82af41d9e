package dev.dispense.core.io;

import dev.dispense.DispenseException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Gathers the output of a command that is known to be short, and fails when it is not. */
public final class BoundedOutput extends OutputStream {
  private static final int LIMIT = 64 << 20;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    if (bytes.size() + length > LIMIT) {
      throw new DispenseException(
          "The command wrote more than "
              + LIMIT
              + " bytes, too much to gather: give it a stream to write to.");
    }
    bytes.write(source, offset, length);
  }

  /** Returns what was written. */
  public byte[] bytes() {
    return bytes.toByteArray();
  }

  /** Returns what was written, decoded as UTF-8. */
  @Override
  public String toString() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
