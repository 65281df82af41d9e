package dev.dispense;

import org.jspecify.annotations.Nullable;

/** The sandbox, task, agent or provider of that name does not exist, or is gone. */
public final class NotFoundException extends DispenseException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception without a cause. */
  public NotFoundException(String message) {
    super(message);
  }

  /** Makes an exception with a cause. */
  public NotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Makes an exception whose last sentence is a next step. */
  public NotFoundException(String message, @Nullable Throwable cause, @Nullable Hint hint) {
    super(message, cause, hint);
  }
}
