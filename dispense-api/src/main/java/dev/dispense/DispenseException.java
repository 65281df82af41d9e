package dev.dispense;

import org.jspecify.annotations.Nullable;

/**
 * The root of all that Dispense throws on purpose, other than {@link IllegalArgumentException} for
 * a value that is not valid. The message is written for the person who must act on it: what was
 * tried, why it failed, what to do next. Each subclass is a different thing for the caller to do;
 * the root itself means that an operation failed.
 *
 * <p>A thread interrupted in a call gets this exception with its interrupt flag set again.
 */
public class DispenseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception without a cause. */
  public DispenseException(String message) {
    super(message);
  }

  /** Makes an exception with a cause. */
  public DispenseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Returns the message; every exception of Dispense has one. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /**
   * Returns the exception for an interrupt, and sets the current thread's interrupt flag again.
   *
   * @param doing what was being done, such as {@code waiting for task 3}
   */
  public static DispenseException interrupted(String doing, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new DispenseException("Interrupted while " + doing + ".", cause);
  }
}
