package dev.dispense;

/** Whether a sandbox runs. */
public enum SandboxState {
  /** Being made, started or stopped. */
  PENDING,
  /** Commands can be run. */
  RUNNING,
  /** Stopped or paused; its files are there. */
  STOPPED,
  /** The provider says that it is broken. */
  ERROR,
  /**
   * It cannot be used, but this machine still keeps its worktree: somebody removed it behind our
   * back, or its creation was cut off, in which case a half-made machine may be there too. {@link
   * Sandbox#delete()} keeps its work and removes the rest.
   */
  GONE
}
