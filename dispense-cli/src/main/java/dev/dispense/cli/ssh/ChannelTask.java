package dev.dispense.cli.ssh;

import dev.dispense.support.DaemonThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a channel of SSH does in a sandbox, on a thread of its own. */
final class ChannelTask {
  private static final long PATIENCE_SECONDS = 20;

  private final Thread thread;
  private final AtomicBoolean interrupted = new AtomicBoolean();

  ChannelTask(Runnable work) {
    thread = DaemonThread.of("dispense-ssh", work);
  }

  void start() {
    thread.start();
  }

  /** Once only: a second time, what kills the program would be interrupted. */
  void interrupt() {
    if (interrupted.compareAndSet(false, true)) {
      thread.interrupt();
    }
  }

  /**
   * Interrupts it, and waits until it has ended, if not for ever. The signal by which ssh ends this
   * process must not cut that short.
   */
  void end() {
    interrupt();
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    boolean signalled = Thread.interrupted();
    while (thread.isAlive() && System.nanoTime() < limit) {
      try {
        thread.join(TimeUnit.NANOSECONDS.toMillis(limit - System.nanoTime()) + 1);
      } catch (InterruptedException e) {
        signalled = true;
      }
    }
    if (signalled) {
      Thread.currentThread().interrupt();
    }
  }
}
