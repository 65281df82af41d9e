package dev.dispense.docker.exec;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Takes apart the stream in which the engine sends the two outputs of a command without a terminal:
 * frames of a stream number, three zero bytes, a length of four bytes, and that many bytes of
 * output (docs.docker.com/reference/api/engine, "Attach to a container", "Stream format").
 */
public final class Frames {
  private static final int HEADER_LENGTH = 8;
  private static final int STDERR = 2;

  private final InputStream in;
  private final byte[] buffer = new byte[64 << 10];

  public Frames(InputStream in) {
    this.in = in;
  }

  /**
   * Passes all frames on, each piece flushed as it comes.
   *
   * @throws EOFException when the stream ends within a frame
   * @throws IOException when the stream or an output fails
   */
  public void copyTo(OutputStream stdout, OutputStream stderr) throws IOException {
    byte[] header = new byte[HEADER_LENGTH];
    while (true) {
      int read = in.readNBytes(header, 0, HEADER_LENGTH);
      if (read == 0) {
        return;
      }
      if (read < HEADER_LENGTH) {
        throw new EOFException("the engine cut the output off");
      }
      copyFrame(length(header), header[0] == STDERR ? stderr : stdout);
    }
  }

  private void copyFrame(long length, OutputStream out) throws IOException {
    long left = length;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new EOFException("the engine cut the output off");
      }
      out.write(buffer, 0, read);
      out.flush();
      left -= read;
    }
  }

  /** Passes the one output of a command with a terminal on, which has no frames. */
  void copyRawTo(OutputStream out) throws IOException {
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      out.write(buffer, 0, read);
      out.flush();
    }
  }

  private static long length(byte[] header) {
    long length = 0;
    for (int i = HEADER_LENGTH - 4; i < HEADER_LENGTH; i++) {
      length = (length << 8) | (header[i] & 0xFF);
    }
    return length;
  }
}
