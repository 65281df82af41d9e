package dev.dispense.git.repository;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** What must be undone when a later step fails; newest first. */
public final class Rollback {
  private final Deque<Runnable> steps = new ArrayDeque<>();

  public void add(Runnable step) {
    steps.push(step);
  }

  /** Does the work, and undoes what was added when it fails. */
  public <T> T unlessDone(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      run(e);
      throw e;
    }
  }

  /** Undoes all; what fails on the way is added to {@code failure}, and does not stop the rest. */
  void run(Throwable failure) {
    // An interrupt is why some operations fail; undoing must not fail for the same reason.
    boolean interrupted = Thread.interrupted();
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
