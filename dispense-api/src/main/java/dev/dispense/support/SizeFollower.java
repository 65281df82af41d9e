package dev.dispense.support;

import dev.dispense.Streams;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Gives a terminal in a sandbox the size of the caller's, again whenever that changes, on a thread
 * of its own. Only the newest size counts; one that cannot be given yet is tried again for a
 * second.
 */
public final class SizeFollower implements AutoCloseable {
  private static final int ATTEMPTS = 20;
  private static final long PAUSE_MILLIS = 50;

  private final Streams.Terminal terminal;
  private final Target target;
  private Optional<Streams.Terminal.Size> given;
  private final LinkedBlockingQueue<Streams.Terminal.Size> sizes = new LinkedBlockingQueue<>();
  private final Thread thread = DaemonThread.of("dispense-terminal-size", this::run);

  /** The terminal in the sandbox. */
  @FunctionalInterface
  public interface Target {
    /**
     * Gives it a size. Called by one thread at a time, which is interrupted when that is of no use
     * any more.
     *
     * @return whether that is done; it is tried again otherwise
     */
    boolean resize(Streams.Terminal.Size size);
  }

  private SizeFollower(
      Streams.Terminal terminal, Optional<Streams.Terminal.Size> given, Target target) {
    this.terminal = terminal;
    this.given = given;
    this.target = target;
  }

  /**
   * Follows a terminal until this is closed; its size of now is the first.
   *
   * @param given the size that the one in the sandbox has, where that is known
   */
  public static SizeFollower start(
      Streams.Terminal terminal, Optional<Streams.Terminal.Size> given, Target target) {
    SizeFollower follower = new SizeFollower(terminal, given, target);
    terminal.onResize(follower.sizes::add);
    // A change before the listener was set would be missed.
    follower.sizes.add(terminal.size());
    follower.thread.start();
    return follower;
  }

  private void run() {
    try {
      while (true) {
        Streams.Terminal.Size next = sizes.take();
        for (int i = 0; i < ATTEMPTS && sizes.isEmpty() && !isGiven(next); i++) {
          if (target.resize(next)) {
            given = Optional.of(next);
          } else {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isGiven(Streams.Terminal.Size size) {
    return given.filter(size::equals).isPresent();
  }

  /** Ends it; does not wait for a size that is just being given. */
  @Override
  public void close() {
    terminal.onResize(size -> {});
    thread.interrupt();
  }
}
