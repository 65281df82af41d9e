package dev.dispense;

import org.jspecify.annotations.Nullable;

/**
 * The time that was given is up. What ran in the sandbox on behalf of the call has been killed; a
 * task goes on.
 */
public final class TimedOutException extends DispenseException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception without a cause. */
  public TimedOutException(String message) {
    super(message);
  }

  /** Makes an exception with a cause. */
  public TimedOutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
