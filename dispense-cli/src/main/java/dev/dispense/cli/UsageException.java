package dev.dispense.cli;

/** What was typed does not make sense; the message says what would. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
