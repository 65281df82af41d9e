package dev.dispense.core.task;

import dev.dispense.Task;
import dev.dispense.TaskEvent;
import dev.dispense.support.DaemonThread;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The events of a task from some number on, for each subscriber at its own pace. */
final class TaskEvents implements Flow.Publisher<TaskEvent> {
  private final Task task;
  private final long offset;

  TaskEvents(Task task, long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("An offset must not be negative: " + offset);
    }
    this.task = task;
    this.offset = offset;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super TaskEvent> subscriber) {
    Objects.requireNonNull(subscriber);
    new Reading(subscriber).begin();
  }

  /** Follows the task for one subscriber, on a thread of its own. */
  private final class Reading implements Flow.Subscription {
    private final Flow.Subscriber<? super TaskEvent> subscriber;
    private final Thread thread = DaemonThread.of("dispense-task-events", this::read);
    private long seen;
    private long demand;
    private boolean delivering;
    private boolean cancelled;
    private @Nullable IllegalArgumentException wrong;

    Reading(Flow.Subscriber<? super TaskEvent> subscriber) {
      this.subscriber = subscriber;
    }

    void begin() {
      thread.start();
    }

    private void read() {
      try {
        deliver(() -> subscriber.onSubscribe(this));
        task.follow(this::hand);
        deliver(subscriber::onComplete);
      } catch (RuntimeException | Error e) {
        if (!isCancelled()) {
          subscriber.onError(e);
        }
      }
    }

    private void hand(TaskEvent event) {
      if (!(event instanceof TaskEvent.HostRefused) && seen++ < offset) {
        return;
      }
      awaitDemand();
      deliver(() -> subscriber.onNext(event));
    }

    private synchronized void awaitDemand() {
      while (demand == 0 && !cancelled && wrong == null) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new CancellationException();
        }
      }
      if (wrong != null) {
        throw wrong;
      }
      if (demand < Long.MAX_VALUE) {
        demand--;
      }
    }

    /** While the subscriber is at work, its thread is not interrupted. */
    private void deliver(Runnable call) {
      enter();
      try {
        call.run();
      } finally {
        leave();
      }
    }

    private synchronized void enter() {
      if (cancelled) {
        throw new CancellationException();
      }
      delivering = true;
    }

    private synchronized void leave() {
      delivering = false;
    }

    private synchronized boolean isCancelled() {
      return cancelled;
    }

    @Override
    public synchronized void request(long count) {
      if (count <= 0) {
        wrong = new IllegalArgumentException("A subscriber must ask for 1 or more, not " + count);
      } else {
        demand = demand > Long.MAX_VALUE - count ? Long.MAX_VALUE : demand + count;
      }
      notifyAll();
    }

    @Override
    public synchronized void cancel() {
      cancelled = true;
      if (!delivering) {
        thread.interrupt();
      }
    }
  }
}
