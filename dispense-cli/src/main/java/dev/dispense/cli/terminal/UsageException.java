package dev.dispense.cli.terminal;

/** What was typed does not make sense; the message says what would. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
