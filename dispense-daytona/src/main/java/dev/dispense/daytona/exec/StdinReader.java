package dev.dispense.daytona.exec;

import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Reads a caller's input ahead, up to a limit, on a daemon thread of its own: the input may block
 * for ever, after the command has long ended.
 */
final class StdinReader {
  private static final int LIMIT = 8 << 20;

  private final InputStream in;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private byte[] buffer = new byte[64 << 10];
  private int size;
  private boolean ended;
  private boolean closed;
  private @Nullable Throwable failure;

  StdinReader(InputStream in) {
    this.in = in;
  }

  /**
   * A part of the input.
   *
   * @param isLast whether nothing follows
   */
  record Piece(ByteString bytes, boolean isLast) {}

  void start() {
    DaemonThread.start("dispense-daytona-stdin", this::readAll);
  }

  private void readAll() {
    byte[] part = new byte[64 << 10];
    try {
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        if (!add(part, read)) {
          return;
        }
      }
      end(null);
    } catch (IOException | RuntimeException | Error e) {
      end(e);
    }
  }

  private boolean add(byte[] part, int length) {
    lock.lock();
    try {
      while (size + length > LIMIT && !closed) {
        changed.awaitUninterruptibly();
      }
      if (size + length > buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.min(LIMIT, Math.max(2 * buffer.length, size + length)));
      }
      System.arraycopy(part, 0, buffer, size, length);
      size += length;
      changed.signalAll();
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void end(@Nullable Throwable cause) {
    lock.lock();
    try {
      ended = true;
      failure = cause;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits a little for the end; returns whether there is no more than {@code most} bytes in all.
   */
  boolean isShort(int most, long patienceMillis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    lock.lock();
    try {
      while (!ended && size <= most && left > 0) {
        left = changed.awaitNanos(left);
      }
      return ended && failure == null && size <= most;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for something, and takes all that has come.
   *
   * @throws IOException when the caller's stream failed
   */
  Piece take() throws IOException, InterruptedException {
    lock.lock();
    try {
      while (size == 0 && !ended && !closed) {
        changed.await();
      }
      Throwable cause = failure;
      if (size == 0 && cause != null) {
        throw cause instanceof IOException io ? io : new IOException(cause);
      }
      ByteString bytes = ByteString.of(buffer, 0, size);
      size = 0;
      changed.signalAll();
      return new Piece(bytes, (ended && failure == null) || closed);
    } finally {
      lock.unlock();
    }
  }

  /** Stops reading, as soon as the caller's stream lets it. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
