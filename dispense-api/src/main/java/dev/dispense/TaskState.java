package dev.dispense;

/** Where a task is. Derived from what is in the sandbox each time that it is asked for. */
public enum TaskState {
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
