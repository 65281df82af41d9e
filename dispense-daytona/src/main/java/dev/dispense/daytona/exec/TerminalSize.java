package dev.dispense.daytona.exec;

import dev.dispense.DispenseException;
import dev.dispense.Streams;
import dev.dispense.daytona.sandbox.Toolbox;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a terminal in a sandbox the size of the caller's, again whenever that changes. */
final class TerminalSize implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TerminalSize.class);

  /** The most that the service takes. */
  private static final int MOST = 1000;

  private final Toolbox toolbox;
  private final String machineId;
  private final String id;
  private final Streams.Terminal terminal;
  private final LinkedBlockingQueue<Streams.Terminal.Size> sizes = new LinkedBlockingQueue<>();
  private final Thread follower = new Thread(this::run, "dispense-daytona-terminal-size");
  private Streams.Terminal.Size size;

  TerminalSize(Toolbox toolbox, String machineId, String id, Streams.Terminal terminal) {
    this.toolbox = toolbox;
    this.machineId = machineId;
    this.id = id;
    this.terminal = terminal;
    this.size = terminal.size();
    follower.setDaemon(true);
  }

  /** Opens the terminal, in the size of now. */
  void open(String doing) {
    toolbox.openTerminal(machineId, doing, id, most(size.columns()), most(size.rows()));
  }

  /** Follows each later size until this is closed. */
  void follow() {
    terminal.onResize(sizes::add);
    // A change since it was opened would be missed.
    sizes.add(terminal.size());
    follower.start();
  }

  private void run() {
    try {
      while (true) {
        Streams.Terminal.Size next = sizes.take();
        if (!next.equals(size) && sizes.isEmpty()) {
          size = next;
          resize(next);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void resize(Streams.Terminal.Size next) {
    try {
      toolbox.resizeTerminal(
          machineId, "resize a terminal", id, most(next.columns()), most(next.rows()));
    } catch (DispenseException e) {
      LOG.debug("A terminal was not resized", e);
    }
  }

  private static int most(int characters) {
    return Math.min(characters, MOST);
  }

  @Override
  public void close() {
    terminal.onResize(next -> {});
    follower.interrupt();
  }
}
