package dev.dispense.support;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Two pieces of work at the same time, each on a thread of its own. When one of them fails, or the
 * caller is interrupted, the other is interrupted too. Neither runs any more when the caller goes
 * on, whatever happened.
 */
public final class RunBoth {
  private final Thread first;
  private final Thread second;
  private @Nullable Throwable failure;

  private RunBoth(Runnable first, Runnable second) {
    this.first = thread("dispense side 1", first);
    this.second = thread("dispense side 2", second);
  }

  /**
   * Runs both and returns what {@code first} returns; throws what failed first. A caller that is
   * interrupted stays so.
   *
   * @param first returns anything but null
   */
  public static <T> T run(Supplier<T> first, Runnable second) {
    Result<T> result = new Result<>();
    new RunBoth(() -> result.value = first.get(), second).run();
    return result.get();
  }

  private static final class Result<T> {
    private @Nullable T value;

    T get() {
      if (value == null) {
        throw new IllegalStateException("The first piece of work returned nothing.");
      }
      return value;
    }
  }

  private Thread thread(String name, Runnable work) {
    return DaemonThread.of(
        name,
        () -> {
          try {
            work.run();
          } catch (RuntimeException | Error e) {
            fail(e);
          }
        });
  }

  private synchronized void fail(Throwable thrown) {
    if (failure == null) {
      failure = thrown;
      interrupt();
    } else if (!Thread.currentThread().isInterrupted()) {
      // What only failed because it was interrupted says nothing new.
      failure.addSuppressed(thrown);
    }
  }

  private void interrupt() {
    first.interrupt();
    second.interrupt();
  }

  private void run() {
    first.start();
    second.start();
    boolean interrupted = false;
    for (Thread thread : List.of(first, second)) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          interrupt();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    rethrow();
  }

  private synchronized void rethrow() {
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
  }
}
