package dev.dispense;

import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * A task in a sandbox: an agent at work on one prompt. This is a handle: the task lives in the
 * sandbox, goes on when this process ends, and is found again by its {@link #id()} from any other.
 * Nothing needs to be closed.
 *
 * <p>Safe for use by several threads. All methods but {@link #id()} are calls to the sandbox, and
 * throw {@link NotFoundException} when the sandbox or the task is gone.
 */
public interface Task {
  /** Returns the task's number in its sandbox, from 1. */
  int id();

  /** Returns how the task stands now. */
  TaskInfo info();

  /** Returns the prompt. */
  String prompt();

  /**
   * Waits until the task has ended, however it ends.
   *
   * @return how it ended
   */
  TaskInfo await();

  /**
   * Waits until the task has ended, however it ends.
   *
   * @return how it ended
   * @throws TimedOutException when it has not ended after {@code timeout}; it goes on
   */
  TaskInfo await(Duration timeout);

  /**
   * Hands on all events from the task's beginning, live, until it has ended. What the agent wrote
   * to its standard error comes last.
   *
   * @param consumer called by one thread at a time, which may be the provider's; what it throws
   *     ends the following, not the task
   * @return how the task ended
   */
  TaskInfo follow(Consumer<TaskEvent> consumer);

  /**
   * Hands on all events from the task's beginning, as {@link #follow(Consumer)} does, for a time.
   *
   * @param timeout how long, more than nothing
   * @return how the task ended
   * @throws TimedOutException when it has not ended after {@code timeout}; it goes on
   */
  TaskInfo follow(Consumer<TaskEvent> consumer, Duration timeout);

  /**
   * Returns the events as a stream with back-pressure: each subscriber gets them live, in order,
   * and no faster than it asks for them, and hears of the end when the task has ended. A thread of
   * this process reads for each subscriber until then or until it cancels, and hands everything to
   * it one after the other; what keeps this process from reading is the stream's error.
   *
   * @param offset how many events to leave out at the beginning, from 0: a program that goes on
   *     where another has ended gives the number of those that it has seen. {@link
   *     TaskEvent.HostRefused} does not count and is never left out, as it tells of the moment at
   *     which it is noticed
   */
  Flow.Publisher<TaskEvent> events(long offset);

  /**
   * Returns a stage that completes when the task has ended, with how it ended, or with what kept
   * this process from hearing of it. A thread of this process waits for it; cancelling the stage
   * changes nothing of the task.
   */
  CompletionStage<TaskInfo> onExit();

  /**
   * Hands on all events that there are so far.
   *
   * @param consumer called by one thread at a time, which may be the provider's
   * @return how the task stands
   */
  TaskInfo replay(Consumer<TaskEvent> consumer);

  /**
   * Writes the agent's raw output.
   *
   * @param offset the byte to start at, from 0; one beyond the end waits for it, or writes nothing
   * @param follow whether to go on until the task has ended
   * @param out receives the bytes as they are; not closed
   */
  void log(long offset, boolean follow, OutputStream out);

  /**
   * Ends the agent and all that it started. When the task has ended, it stays as it ended, and what
   * the agent left running ends.
   */
  void cancel();
}
