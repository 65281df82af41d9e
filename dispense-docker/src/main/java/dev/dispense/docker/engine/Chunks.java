package dev.dispense.docker.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The body of a request or an answer whose length is not known, in chunks (RFC 9112, 7.1). */
final class Chunks extends OutputStream {
  private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int SIZE = 128 << 10;
  private static final int DIGITS = 8;
  private static final int BEGIN = DIGITS + 2;

  private final OutputStream out;

  // A chunk whole: the digits of its length, a line break, the bytes, and a line break.
  private final byte[] chunk = new byte[BEGIN + SIZE + 2];
  private int length;
  private boolean refused;

  Chunks(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    for (int done = 0; done < count; ) {
      int part = Math.min(count - done, SIZE - length);
      System.arraycopy(bytes, offset + done, chunk, BEGIN + length, part);
      length += part;
      done += part;
      if (length == SIZE) {
        sendChunk();
      }
    }
  }

  /** Sends what is left, and the end. */
  void finish() throws IOException {
    if (length > 0) {
      sendChunk();
    }
    send(END, END.length);
  }

  /** Returns whether the other side took no more. */
  boolean isRefused() {
    return refused;
  }

  /** Reads a body to its end, or as far as {@code most} bytes. */
  static byte[] read(InputStream in, int most) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (body.size() < most) {
      String head = line(in);
      if (!head.matches("[0-9A-Fa-f]{1,7}(;.*)?")) {
        break;
      }
      int size = Integer.parseInt(head.replaceFirst(";.*", ""), 16);
      if (size == 0) {
        break;
      }
      body.write(in.readNBytes(Math.min(size, most - body.size())));
      line(in);
    }
    return body.toByteArray();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n' && line.length() < 100; next = in.read()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private void sendChunk() throws IOException {
    String digits = Integer.toHexString(length);
    String head = "0".repeat(DIGITS - digits.length()) + digits + "\r\n";
    System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, chunk, 0, BEGIN);
    chunk[BEGIN + length] = '\r';
    chunk[BEGIN + length + 1] = '\n';
    send(chunk, BEGIN + length + 2);
    length = 0;
  }

  private void send(byte[] bytes, int count) throws IOException {
    try {
      out.write(bytes, 0, count);
      out.flush();
    } catch (IOException e) {
      refused = true;
      throw e;
    }
  }
}
