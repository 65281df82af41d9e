package dev.dispense.docker.exec;

import com.github.dockerjava.api.exception.DockerException;
import dev.dispense.DispenseException;
import dev.dispense.Streams;
import dev.dispense.docker.engine.Engine;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Gives a command's terminal the size of the caller's, again whenever that changes, on a thread of
 * its own. A resize that comes before the command has started is tried again.
 */
final class TerminalSize implements AutoCloseable {
  private static final int ATTEMPTS = 20;
  private static final long PAUSE_MILLIS = 50;

  private final Engine engine;
  private final String execId;
  private final LinkedBlockingQueue<Streams.Terminal.Size> sizes = new LinkedBlockingQueue<>();
  private final Optional<Streams.Terminal> terminal;
  private final Optional<Future<?>> follower;

  private TerminalSize(Engine engine, String execId, Optional<Streams.Terminal> terminal) {
    this.engine = engine;
    this.execId = execId;
    this.terminal = terminal;
    terminal.ifPresent(it -> it.onResize(sizes::add));
    // A change after the command line was made and before the listener was set would be missed.
    terminal.ifPresent(it -> sizes.add(it.size()));
    this.follower = terminal.map(it -> engine.submit(this::follow));
  }

  /** Follows the terminal, if there is one, until this is closed. */
  static TerminalSize follow(Engine engine, String execId, Optional<Streams.Terminal> terminal) {
    return new TerminalSize(engine, execId, terminal);
  }

  private void follow() {
    try {
      while (true) {
        Streams.Terminal.Size size = sizes.take();
        for (int i = 0; i < ATTEMPTS && sizes.isEmpty() && !resize(size); i++) {
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean resize(Streams.Terminal.Size size) throws InterruptedException {
    try {
      return engine.call(
          "resize the terminal",
          client -> {
            try {
              client.resizeExecCmd(execId).withSize(size.rows(), size.columns()).exec();
              return true;
            } catch (DockerException e) {
              return false;
            }
          });
    } catch (DispenseException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return false;
    }
  }

  @Override
  public void close() {
    terminal.ifPresent(it -> it.onResize(size -> {}));
    follower.ifPresent(future -> future.cancel(true));
  }
}
