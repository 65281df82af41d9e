package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dispense.Dispense;
import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Task;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

/** The events of a task as a stream. */
class TaskEventsTest {
  @TempDir Path root;
  private Dispense dispense;
  private Sandbox sandbox;

  @BeforeEach
  void createSandbox() {
    dispense = PromptShell.open(root, "s3cret-canary");
    sandbox = dispense.create(SandboxSpec.builder("events").build());
  }

  @AfterEach
  void deleteSandbox() {
    sandbox.delete();
    dispense.close();
    while (isReading()) {
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static boolean isReading() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("dispense-task-events"));
  }

  /** Notes what it is told, and asks for nothing by itself. */
  private static class Reader implements Flow.Subscriber<TaskEvent> {
    final BlockingQueue<TaskEvent> events = new LinkedBlockingQueue<>();
    final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    final CompletableFuture<String> end = new CompletableFuture<>();

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.complete(given);
    }

    @Override
    public void onNext(TaskEvent event) {
      events.add(event);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      end.complete("complete");
    }

    TaskEvent next() throws InterruptedException {
      TaskEvent event = events.poll(60, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionFailedError("no event came");
      }
      return event;
    }

    Reader of(Flow.Publisher<TaskEvent> publisher) {
      publisher.subscribe(this);
      return this;
    }

    Reader request(long count) {
      subscription.join().request(count);
      return this;
    }

    List<TaskEvent> all() {
      request(Long.MAX_VALUE);
      request(Long.MAX_VALUE);
      assertThat(end.join()).isEqualTo("complete");
      return List.copyOf(events);
    }
  }

  private static TaskEvent raw(String line) {
    return new TaskEvent.Raw(line);
  }

  @Test
  void bringsWhatFollowingBringsFromAnyEventOn() {
    Task task =
        sandbox.run(TaskSpec.of("echo one; echo bad >&2; echo two; echo three; echo END ok"));
    List<TaskEvent> followed = new ArrayList<>();
    task.follow(followed::add);

    Flow.Publisher<TaskEvent> events = task.events(0);
    assertThat(new Reader().of(events).all()).isEqualTo(followed).hasSize(5);
    assertThat(new Reader().of(events).all()).as("another subscriber").isEqualTo(followed);
    assertThat(new Reader().of(task.events(2)).all())
        .isEqualTo(followed.subList(2, 5))
        .startsWith(raw("three"));
    assertThat(new Reader().of(task.events(99)).all()).isEmpty();
  }

  @Test
  void isLiveAndNoFasterThanItIsAskedFor() throws Exception {
    Path go = root.resolve("go");
    Task task =
        sandbox.run(
            TaskSpec.of(
                "seq 3; until [ -e '" + go + "' ]; do sleep 0.05; done; echo last; echo END ok"));
    Reader slow = new Reader().of(task.events(0)).request(1);
    Reader fast = new Reader().of(task.events(2)).request(2);

    assertThat(slow.next()).isEqualTo(raw("1"));
    assertThat(fast.next()).isEqualTo(raw("3"));
    assertThat(slow.end).isNotDone();
    Files.createFile(go);
    assertThat(fast.next()).isEqualTo(raw("last"));
    task.await();
    assertThat(slow.events).isEmpty();
    assertThat(slow.request(1).next()).isEqualTo(raw("2"));
    assertThat(slow.all()).hasSize(3).startsWith(raw("3"), raw("last"));
    fast.subscription.join().cancel();
  }

  @Test
  void endsWhenTheSubscriberCancelsAndTheTaskGoesOn() throws Exception {
    Path go = root.resolve("go");
    Task task =
        sandbox.run(
            TaskSpec.of("seq 9; until [ -e '" + go + "' ]; do sleep 0.05; done; echo END ok"));
    Reader waiting = new Reader().of(task.events(0)).request(20);
    Reader full = new Reader().of(task.events(0)).request(1);
    Reader within =
        new Reader() {
          @Override
          public void onNext(TaskEvent event) {
            super.onNext(event);
            subscription.join().cancel();
          }
        };
    within.of(task.events(0)).request(20);
    while (waiting.events.size() < 9) {
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(full.next()).isEqualTo(raw("1"));
    assertThat(within.next()).isEqualTo(raw("1"));

    waiting.subscription.join().cancel();
    full.subscription.join().cancel();
    full.subscription.join().cancel();
    while (isReading()) {
      LockSupport.parkNanos(5_000_000);
    }

    assertThat(List.of(waiting.end, full.end, within.end)).noneMatch(CompletableFuture::isDone);
    assertThat(within.events).isEmpty();
    Files.createFile(go);
    assertThat(task.await().state()).isEqualTo(TaskInfo.State.SUCCEEDED);
  }

  @Test
  void endsWithTheErrorOfWhatCannotBeReadOrAskedFor() throws IOException {
    Task task = sandbox.run(TaskSpec.of("echo one; echo END ok"));
    task.await();
    Reader wrong = new Reader().of(task.events(0)).request(0);
    assertThat(wrong.end)
        .failsWithin(60, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("must ask for 1 or more");
    Reader failing =
        new Reader() {
          @Override
          public void onNext(TaskEvent event) {
            throw new IllegalStateException("It broke.");
          }
        };
    assertThat(failing.of(task.events(0)).request(1).end)
        .failsWithin(60, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("It broke.");
    sandbox.delete();
    assertThat(new Reader().of(task.events(0)).request(1).end)
        .failsWithin(60, TimeUnit.SECONDS)
        .withThrowableThat()
        .withCauseInstanceOf(NotFoundException.class);
    assertThatIllegalArgumentException().isThrownBy(() -> task.events(-1));
  }
}
