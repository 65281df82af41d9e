package dev.dispense.core.task;

import dev.dispense.DispenseException;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.Traffic;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which hosts a sandbox was refused while a task ran, each once. For one thread at a time.
 */
final class RefusedHosts {
  private static final Logger log = LoggerFactory.getLogger(RefusedHosts.class);
  private static final long PAUSE_NANOS = 1_000_000_000;

  private final Supplier<Traffic> traffic;
  private final Supplier<TaskInfo> task;
  private final Consumer<TaskEvent> consumer;
  private final Set<String> told = new HashSet<>();
  private Optional<TaskInfo> known = Optional.empty();
  private long lastLook = System.nanoTime();

  /**
   * @param task asked once, and only where anything was refused
   */
  RefusedHosts(Supplier<Traffic> traffic, Supplier<TaskInfo> task, Consumer<TaskEvent> consumer) {
    this.traffic = traffic;
    this.task = task;
    this.consumer = consumer;
  }

  /** Looks, unless it was looked just before. */
  void lookSometimes() {
    long now = System.nanoTime();
    if (now - lastLook > PAUSE_NANOS) {
      look();
      lastLook = System.nanoTime();
    }
  }

  /** Looks a last time, now that it is known how the task stands. */
  void look(TaskInfo info) {
    known = Optional.of(info);
    look();
  }

  private void look() {
    Traffic now;
    try {
      now = traffic.get();
    } catch (DispenseException e) {
      log.debug("It is not known what the sandbox was refused", e);
      return;
    }
    for (Traffic.HostTraffic host : now.hosts()) {
      TaskEvent.HostRefused event = new TaskEvent.HostRefused(host.host(), host.port());
      if (host.refused() > 0 && isOfTask(host.last()) && told.add(event.toAllow())) {
        consumer.accept(event);
      }
    }
  }

  private boolean isOfTask(Instant moment) {
    if (known.isEmpty()) {
      known = Optional.of(task.get());
    }
    TaskInfo info = known.get();
    // The times of tasks are whole seconds.
    return info.started().filter(start -> !moment.isBefore(start)).isPresent()
        && info.finished().filter(end -> moment.isAfter(end.plusSeconds(1))).isEmpty();
  }
}
