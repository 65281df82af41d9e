package dev.dispense.cli;

/** Says what to type next. */
final class Hints {
  private final Printer out;

  Hints(Printer out) {
    this.out = out;
  }

  /**
   * Adds a line.
   *
   * @param command a format string
   */
  void add(String purpose, String command, Object... arguments) {
    out.line("  %-16s %s".formatted(purpose + ":", command.formatted(arguments)));
  }
}
