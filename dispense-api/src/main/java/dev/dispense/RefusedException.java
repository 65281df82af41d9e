package dev.dispense;

import org.jspecify.annotations.Nullable;

/**
 * The other side refused what was asked: an option that a provider cannot honour, an engine that
 * denies permission, work that would overwrite something.
 */
public final class RefusedException extends DispenseException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception without a cause. */
  public RefusedException(String message) {
    super(message);
  }

  /** Makes an exception with a cause. */
  public RefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Makes an exception whose last sentence is a next step. */
  public RefusedException(String message, @Nullable Throwable cause, @Nullable Hint hint) {
    super(message, cause, hint);
  }
}
