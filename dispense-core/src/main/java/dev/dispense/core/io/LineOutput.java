package dev.dispense.core.io;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Cuts what is written to it into lines, each handed on as soon as it is whole. Of a line beyond
 * the limit, the rest is counted and dropped, so that memory stays bounded.
 */
public final class LineOutput extends OutputStream {
  /** The longest line that is handed on whole, in bytes. */
  static final int MAX_LINE = 16 << 20;

  private final Receiver receiver;
  private final int maxLine;
  private ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long omitted;

  public LineOutput(Receiver receiver) {
    this(receiver, MAX_LINE);
  }

  public LineOutput(Receiver receiver, int maxLine) {
    this.receiver = receiver;
    this.maxLine = maxLine;
  }

  /** Receives lines, decoded as UTF-8, without their line breaks. */
  @FunctionalInterface
  public interface Receiver {
    void onLine(String line, OptionalLong omittedBytes);
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int start = offset;
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (bytes[i] == '\n') {
        append(bytes, start, i - start);
        emit();
        start = i + 1;
      }
    }
    append(bytes, start, end - start);
  }

  private void append(byte[] bytes, int offset, int length) {
    int taken = Math.min(length, maxLine - line.size());
    line.write(bytes, offset, taken);
    omitted += length - taken;
  }

  private void emit() {
    String text = line.toString(StandardCharsets.UTF_8);
    if (line.size() > 1 << 16) {
      line = new ByteArrayOutputStream();
    } else {
      line.reset();
    }
    OptionalLong rest = omitted == 0 ? OptionalLong.empty() : OptionalLong.of(omitted);
    omitted = 0;
    receiver.onLine(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text, rest);
  }

  /** Hands on what has come since the last line break, if anything. */
  public void finish() {
    if (line.size() > 0) {
      emit();
    }
  }
}
