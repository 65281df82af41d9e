package dev.dispense;

import org.jspecify.annotations.Nullable;

/** Another sandbox has the name already. Choose another name, or delete that sandbox. */
public final class NameTakenException extends DispenseException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception without a cause. */
  public NameTakenException(String message) {
    super(message);
  }

  /** Makes an exception with a cause. */
  public NameTakenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Makes an exception whose last sentence is a next step. */
  public NameTakenException(String message, @Nullable Throwable cause, @Nullable Hint hint) {
    super(message, cause, hint);
  }
}
