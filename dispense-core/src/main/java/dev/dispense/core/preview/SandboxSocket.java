package dev.dispense.core.preview;

import dev.dispense.DispenseException;
import dev.dispense.core.io.Pipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to a port of a sandbox that is read and written as one of this machine's is. */
final class SandboxSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SandboxSocket.class);
  private static final long PATIENCE_SECONDS = 20;

  private final SandboxPort port;
  private final Pipe there = new Pipe();
  private final Pipe back = new Pipe();
  private final OutputStream output = there.output();
  private final InputStream input = back.input();
  private final Thread thread = LoopbackPort.thread("relay", this::run);
  private volatile @Nullable DispenseException failure;

  private SandboxSocket(SandboxPort port) {
    this.port = port;
  }

  static SandboxSocket open(SandboxPort port) {
    SandboxSocket socket = new SandboxSocket(port);
    socket.thread.start();
    return socket;
  }

  private void run() {
    try (OutputStream answers = back.output();
        InputStream requests = there.input()) {
      connect(requests, answers);
    } catch (IOException e) {
      LOG.debug("Nobody reads the end of an answer", e);
    }
  }

  private void connect(InputStream requests, OutputStream answers) {
    try {
      port.connect(requests, answers);
    } catch (DispenseException e) {
      failure = e;
    }
    // Whoever reads must be told of the end also when this thread was told to end.
    boolean unused = Thread.interrupted();
  }

  /** Returns what the server sends; nothing where none listens. */
  InputStream input() {
    return input;
  }

  /** Returns what takes what the server reads, once it is flushed. */
  OutputStream output() {
    return output;
  }

  /** Returns why the connection could not be made, or was cut, once the input has ended. */
  Optional<String> failure() {
    return Optional.ofNullable(failure).map(Throwable::getMessage);
  }

  /**
   * Tells the server that nothing more comes, and waits until it has ended the connection. A thread
   * that is interrupted meanwhile cuts it.
   */
  @Override
  public void close() {
    try {
      output.close();
    } catch (IOException e) {
      LOG.debug("A connection into a sandbox has ended already, or is cut", e);
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      thread.interrupt();
      LoopbackPort.join(thread, System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
      Thread.currentThread().interrupt();
    }
  }
}
