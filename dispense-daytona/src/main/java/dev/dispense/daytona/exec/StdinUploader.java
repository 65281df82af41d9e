package dev.dispense.daytona.exec;

import dev.dispense.RefusedException;
import dev.dispense.daytona.sandbox.Toolbox;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes an input that is long, or comes slowly, on to a command, piece by piece: see {@code feed}
 * of {@code runner.sh}. Each attempt to send a piece writes a file of its own, whose name says how
 * long it must be; so a piece that is sent twice is taken once, and one that is cut off is not.
 */
final class StdinUploader {
  private static final Logger LOG = LoggerFactory.getLogger(StdinUploader.class);

  /** How many pieces may be on their way. */
  private static final int WINDOW = 5;

  private static final Duration LAST_PIECE = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 200;

  private final Toolbox toolbox;
  private final String machineId;
  private final Runner runner;
  private final StdinReader intake;
  private final Consumer<Throwable> onFailure;
  private final Object lock = new Object();
  private int consumed;
  private boolean over;
  private boolean sending;

  /**
   * @param onFailure told when the input cannot be read, or cannot be sent
   */
  StdinUploader(
      Toolbox toolbox,
      String machineId,
      Runner runner,
      StdinReader intake,
      Consumer<Throwable> onFailure) {
    this.toolbox = toolbox;
    this.machineId = machineId;
    this.runner = runner;
    this.intake = intake;
    this.onFailure = onFailure;
  }

  /** Begins; returns the thread, which ends when it is interrupted. */
  Thread start() {
    return DaemonThread.start("dispense-daytona-input", this::run);
  }

  /** Takes note of what the runner told: how many pieces were taken, or that no more will be. */
  void told(String word) {
    synchronized (lock) {
      if (word.matches("\\d{1,9}")) {
        consumed = Math.max(consumed, Integer.parseInt(word));
      } else {
        over = true;
      }
      lock.notifyAll();
    }
  }

  /** Ends it: the command takes no more. */
  void close() {
    told("closed");
    intake.close();
  }

  /** Waits a little after the end, and returns whether nothing is on its way any longer. */
  boolean isQuiet() throws InterruptedException {
    long end = System.nanoTime() + LAST_PIECE.toNanos();
    synchronized (lock) {
      while (sending && System.nanoTime() < end) {
        lock.wait(LOOK_MILLIS);
      }
      return !sending;
    }
  }

  private void run() {
    try {
      int number = 0;
      while (mayGoOn(number)) {
        StdinReader.Piece piece = intake.take();
        if (!mayBeginToSend()) {
          return;
        }
        try {
          send(number++, piece);
        } finally {
          sent();
        }
        if (piece.isLast()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("The input of a command was ended", e);
    } catch (RefusedException e) {
      // The disk of the sandbox may be full. The command must not take what it has for all.
      fail(new IOException(e.getMessage(), e));
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  private void fail(Throwable cause) {
    if (!isOver()) {
      onFailure.accept(cause);
    }
  }

  private boolean mayGoOn(int number) throws InterruptedException {
    synchronized (lock) {
      while (!over && number - consumed >= WINDOW) {
        lock.wait();
      }
      return !over;
    }
  }

  private boolean mayBeginToSend() {
    synchronized (lock) {
      sending = !over;
      return sending;
    }
  }

  private void sent() {
    synchronized (lock) {
      sending = false;
      lock.notifyAll();
    }
  }

  private boolean isOver() {
    synchronized (lock) {
      return over;
    }
  }

  private void send(int number, StdinReader.Piece piece) {
    toolbox.upload(
        machineId,
        "pass input on to a command in the sandbox",
        attempt -> {
          String name =
              "in.%d.%d.%d.%s"
                  .formatted(
                      number, attempt, piece.bytes().size(), piece.isLast() ? "end" : "more");
          return Map.of(runner.file(name), piece.bytes());
        });
  }
}
