package dev.dispense;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A task as it was when it was asked for.
 *
 * @param id the task's number in its sandbox, from 1
 * @param agent the id of the agent
 * @param title the beginning of the prompt, one line
 * @param state where it is
 * @param exitCode the exit code of the agent's process, once that has ended by itself
 * @param message why it failed, in words for a person; empty unless it did
 * @param created when it was given
 * @param started when the agent began
 * @param finished when it ended
 * @param result the agent's last word, once it has spoken it
 */
public record TaskInfo(
    int id,
    String agent,
    String title,
    State state,
    OptionalInt exitCode,
    String message,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> finished,
    Optional<TaskEvent.Result> result) {
  /** Where a task is. Derived from what is in the sandbox each time that it is asked for. */
  public enum State {
    /** Waits for the tasks before it. */
    PENDING,
    /** The agent works. */
    RUNNING,
    /** The agent ended and its work is done, by the agent's own rule. */
    SUCCEEDED,
    /** The agent ended without having done its work. */
    FAILED,
    /** Somebody ended it. */
    CANCELLED,
    /** It was killed when its time was up. */
    TIMED_OUT,
    /** It is gone without a trace of how it ended: the sandbox was stopped, or crashed. */
    LOST;

    /** Returns whether it can change no more. */
    public boolean isFinal() {
      return this != PENDING && this != RUNNING;
    }
  }
}
