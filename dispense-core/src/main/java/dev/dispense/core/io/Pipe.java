package dev.dispense.core.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Passes bytes from a thread that writes to one that reads, both at work at the same time. (With
 * {@link java.io.PipedInputStream} one of them sleeps until the buffer is full, then the other
 * until it is empty.) What is in it is bounded; who waits can be interrupted.
 */
public final class Pipe {
  private static final int PIECE = 64 << 10;
  private static final int PIECES = 16;
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(PIECES);
  private volatile boolean unread;
  private volatile @Nullable Exception failure;

  /** Returns the end to read from; closing it makes the other end fail. */
  public InputStream input() {
    return new Input();
  }

  /** Returns the end to write to; closing it is the end of what is read. */
  public OutputStream output() {
    return new Output();
  }

  /** Makes the reader fail when it has read all that was written until now. */
  public void fail(Exception cause) {
    failure = cause;
  }

  public static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  private final class Output extends OutputStream {
    private byte[] piece = new byte[PIECE];
    private int length;
    private boolean closed;

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      for (int done = 0; done < count; ) {
        int part = Math.min(count - done, PIECE - length);
        System.arraycopy(bytes, offset + done, piece, length, part);
        length += part;
        done += part;
        if (length == PIECE) {
          put(piece);
          piece = new byte[PIECE];
          length = 0;
        }
      }
    }

    private void put(byte[] full) throws IOException {
      try {
        pieces.put(full);
      } catch (InterruptedException e) {
        throw interrupted();
      }
      if (unread) {
        pieces.clear();
        throw new IOException("nobody reads any longer");
      }
    }

    @Override
    public void flush() throws IOException {
      if (length > 0) {
        byte[] rest = Arrays.copyOf(piece, length);
        length = 0;
        put(rest);
      }
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        flush();
        put(END);
      }
    }
  }

  private final class Input extends InputStream {
    private byte[] piece = new byte[1];
    private int at = 1;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      if (count == 0) {
        return 0;
      }
      if (at == piece.length && piece != END) {
        try {
          piece = pieces.take();
        } catch (InterruptedException e) {
          throw interrupted();
        }
        at = 0;
      }
      if (piece == END) {
        return end();
      }
      int part = Math.min(count, piece.length - at);
      System.arraycopy(piece, at, bytes, offset, part);
      at += part;
      return part;
    }

    private int end() throws IOException {
      Exception cause = failure;
      if (cause != null) {
        throw new IOException(cause.getMessage(), cause);
      }
      return -1;
    }

    @Override
    public void close() {
      unread = true;
      pieces.clear();
    }
  }
}
