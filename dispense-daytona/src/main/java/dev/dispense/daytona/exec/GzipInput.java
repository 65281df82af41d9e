package dev.dispense.daytona.exec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses a stream while it is read (RFC 1952), as fast as may be. Does not close it. */
final class GzipInput extends InputStream {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};
  private static final int BUFFER = 64 << 10;

  private final InputStream plain;
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final CRC32 sum = new CRC32();
  private final byte[] buffer = new byte[BUFFER];
  private ByteBuffer frame = ByteBuffer.wrap(HEADER);
  private boolean ended;

  GzipInput(InputStream plain) {
    this.plain = plain;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (frame.hasRemaining()) {
      int part = Math.min(length, frame.remaining());
      frame.get(bytes, offset, part);
      return part;
    }
    if (ended) {
      return -1;
    }
    int deflated = deflater.deflate(bytes, offset, length);
    while (deflated == 0 && !deflater.finished()) {
      fill();
      deflated = deflater.deflate(bytes, offset, length);
    }
    if (deflated > 0) {
      return deflated;
    }
    ended = true;
    frame = trailer();
    return read(bytes, offset, length);
  }

  private void fill() throws IOException {
    int read = plain.read(buffer, 0, buffer.length);
    if (read < 0) {
      deflater.finish();
    } else {
      sum.update(buffer, 0, read);
      deflater.setInput(buffer, 0, read);
    }
  }

  private ByteBuffer trailer() {
    return ByteBuffer.allocate(2 * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) sum.getValue())
        .putInt((int) deflater.getBytesRead())
        .flip();
  }

  /** Frees what compresses, once nobody reads any more. */
  @Override
  public void close() {
    deflater.end();
  }
}
