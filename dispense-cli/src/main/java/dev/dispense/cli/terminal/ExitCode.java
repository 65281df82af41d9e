package dev.dispense.cli.terminal;

import dev.dispense.TaskInfo;

/** The exit codes of the command, as {@code dispense --help} documents them. */
public final class ExitCode {
  public static final int OK = 0;

  /** What was asked for failed, also a task that was followed or waited for. */
  public static final int FAILED = 1;

  public static final int USAGE = 2;

  /** As the program timeout(1) has it. */
  public static final int TIMED_OUT = 124;

  /** 128 and the number of the signal INT, as shells have it. */
  public static final int INTERRUPTED = 130;

  /** 128 and the number of the signal PIPE: nobody reads the output any more. */
  public static final int BROKEN_PIPE = 141;

  private ExitCode() {}

  public static int of(TaskInfo task) {
    return task.state() == TaskInfo.State.SUCCEEDED ? OK : FAILED;
  }
}
