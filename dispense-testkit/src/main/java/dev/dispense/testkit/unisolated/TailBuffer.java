package dev.dispense.testkit.unisolated;

import dev.dispense.PrintableText;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keeps the last 4 KiB of what is written to it, for error messages. */
final class TailBuffer extends OutputStream {
  private static final int CAPACITY = 4096;

  private byte[] tail = new byte[0];

  @Override
  public synchronized void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    byte[] all = Arrays.copyOf(tail, tail.length + length);
    System.arraycopy(bytes, offset, all, tail.length, length);
    tail = Arrays.copyOfRange(all, Math.max(0, all.length - CAPACITY), all.length);
  }

  /** Returns what was kept, on one line. */
  @Override
  public synchronized String toString() {
    return PrintableText.printable(new String(tail, StandardCharsets.UTF_8), CAPACITY);
  }
}
