package dev.dispense.support;

import dev.dispense.DispenseException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Gathers output in memory, up to a limit. Safe for use by several threads. */
public final class BoundedOutput extends OutputStream {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final int limit;
  private final boolean isStrict;
  private boolean isCut;

  private BoundedOutput(int limit, boolean isStrict) {
    this.limit = limit;
    this.isStrict = isStrict;
  }

  /**
   * Returns one that keeps the beginning and drops what comes after it.
   *
   * @param limit in bytes
   */
  public static BoundedOutput cutAt(int limit) {
    return new BoundedOutput(limit, false);
  }

  /**
   * Returns one for output that is known to be short. What would go over the limit is refused by a
   * {@link DispenseException}, and nothing of it is kept.
   *
   * @param limit in bytes
   */
  public static BoundedOutput failingOver(int limit) {
    return new BoundedOutput(limit, true);
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] buffer, int offset, int length) {
    int room = limit - bytes.size();
    if (length <= room) {
      bytes.write(buffer, offset, length);
      return;
    }
    if (isStrict) {
      throw new DispenseException(
          "The command wrote more than "
              + limit
              + " bytes, too much to gather: give it a stream to write to.");
    }
    bytes.write(buffer, offset, room);
    isCut = true;
  }

  /** Returns whether anything was dropped. */
  public synchronized boolean isCut() {
    return isCut;
  }

  /** Returns a copy of what was kept. */
  public synchronized byte[] bytes() {
    return bytes.toByteArray();
  }

  /** Returns what was kept, decoded. */
  public synchronized String text(Charset charset) {
    return bytes.toString(charset);
  }

  /** Returns what was kept, decoded as UTF-8. */
  @Override
  public String toString() {
    return text(StandardCharsets.UTF_8);
  }
}
