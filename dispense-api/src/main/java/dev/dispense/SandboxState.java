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
   * The provider does not know it any more, or never came to know it, but this machine still keeps
   * its worktree: somebody removed it behind our back, or its creation was cut off.
   */
  GONE
}
