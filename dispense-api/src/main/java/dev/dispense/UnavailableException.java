package dev.dispense;

import org.jspecify.annotations.Nullable;

/**
 * Something that must be there is not: an engine that does not run, a program or an image that is
 * missing. Install or start it, then try again.
 */
public final class UnavailableException extends DispenseException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception without a cause. */
  public UnavailableException(String message) {
    super(message);
  }

  /** Makes an exception with a cause. */
  public UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Makes an exception whose last sentence is a next step. */
  public UnavailableException(String message, @Nullable Throwable cause, @Nullable Hint hint) {
    super(message, cause, hint);
  }
}
