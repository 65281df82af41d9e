package dev.dispense.core;

import dev.dispense.Progress;
import dev.dispense.SandboxSpec;
import dev.dispense.support.DaemonThread;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps sandboxes prepared, on a thread of its own. */
final class PoolRefiller implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Context core;
  private final int count;
  private final ExecutorService thread;

  PoolRefiller(Context core, int count) {
    this.core = core;
    this.count = count;
    this.thread =
        Executors.newSingleThreadExecutor(work -> DaemonThread.of("dispense refill", work));
  }

  /** Makes what is missing after a sandbox was created. */
  void wanted(SandboxSpec spec) {
    if (count == 0) {
      return;
    }
    try {
      thread.execute(() -> fill(spec));
    } catch (RejectedExecutionException e) {
      log().debug("No sandbox is prepared: this instance is being closed", e);
    }
  }

  private void fill(SandboxSpec spec) {
    try {
      new PoolFiller(CreationRequest.of(core, spec, Progress.Listener.NONE)).fill(count);
    } catch (RuntimeException e) {
      log().warn("No sandbox could be prepared beforehand: {}", e.getMessage());
    }
  }

  /** Ends the work and waits until what it began is undone. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        log().warn("Preparing a sandbox does not end; it is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Made when there is something to say: it takes longer than to list all sandboxes.
  private static Logger log() {
    return LoggerFactory.getLogger(PoolRefiller.class);
  }
}
