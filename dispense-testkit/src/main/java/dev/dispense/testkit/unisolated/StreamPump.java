package dev.dispense.testkit.unisolated;

import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Copies a stream on a thread of its own, each piece as soon as it is there. */
final class StreamPump {
  private final InputStream in;
  private final OutputStream out;
  private final Runnable onFailure;
  private final Thread thread;
  private volatile boolean cut;
  private volatile long reading;
  private volatile @Nullable Throwable failure;

  private StreamPump(String name, InputStream in, OutputStream out, Runnable onFailure) {
    this.in = in;
    this.out = out;
    this.onFailure = onFailure;
    thread = DaemonThread.of("pump-" + name, this::copy);
  }

  /** Copies what a process writes; a failure of {@code sink} is one of this pump. */
  static StreamPump output(String name, InputStream in, OutputStream sink, Runnable onFailure) {
    StreamPump pump = new StreamPump(name, in, new Sink(sink), onFailure);
    pump.thread.start();
    return pump;
  }

  /**
   * Copies what a process reads, and closes it; a failure of {@code source} is one of this pump.
   */
  static StreamPump input(InputStream source, OutputStream out, Runnable onFailure) {
    StreamPump pump = new StreamPump("stdin", new Source(source), out, onFailure);
    pump.thread.start();
    return pump;
  }

  /**
   * Waits until all is copied, or until nothing has come for {@code silence}, as something else
   * holds the other end open.
   */
  void finish(Duration silence) throws InterruptedException {
    long begin = System.nanoTime();
    for (thread.join(1); thread.isAlive() && failure == null; thread.join(20)) {
      long since = reading;
      if (since != 0 && System.nanoTime() - Math.max(since, begin) > silence.toNanos()) {
        break;
      }
    }
    cut = true;
  }

  /** Copies nothing more. */
  void cut() {
    cut = true;
  }

  /** Returns what the caller's stream threw. */
  @Nullable Throwable failure() {
    return failure;
  }

  private void copy() {
    byte[] buffer = new byte[1 << 16];
    try {
      for (int n = read(buffer); n >= 0 && !cut; n = read(buffer)) {
        out.write(buffer, 0, n);
        out.flush();
      }
      if (in instanceof Source) {
        out.close();
      }
    } catch (CallerStreamException e) {
      failure = e.cause;
      onFailure.run();
    } catch (IOException e) {
      // The process closed its end, which it may.
    }
  }

  private int read(byte[] buffer) throws IOException {
    reading = System.nanoTime();
    try {
      return in.read(buffer);
    } finally {
      reading = 0;
    }
  }

  /** What a stream of the caller threw, told from what a pipe throws. */
  private static final class CallerStreamException extends IOException {
    private static final long serialVersionUID = 1L;
    private final Throwable cause;

    CallerStreamException(Throwable cause) {
      super(cause);
      this.cause = cause;
    }
  }

  private static final class Source extends InputStream {
    private final InputStream source;

    Source(InputStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      throw new UnsupportedOperationException("only whole pieces are read");
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return source.read(buffer, offset, length);
      } catch (IOException | RuntimeException | Error e) {
        throw new CallerStreamException(e);
      }
    }
  }

  private static final class Sink extends OutputStream {
    private final OutputStream sink;

    Sink(OutputStream sink) {
      this.sink = sink;
    }

    @Override
    public void write(int b) throws IOException {
      throw new UnsupportedOperationException("only whole pieces are written");
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      try {
        sink.write(buffer, offset, length);
      } catch (IOException | RuntimeException | Error e) {
        throw new CallerStreamException(e);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        sink.flush();
      } catch (IOException | RuntimeException | Error e) {
        throw new CallerStreamException(e);
      }
    }
  }
}
