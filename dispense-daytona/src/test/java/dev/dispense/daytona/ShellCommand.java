package dev.dispense.daytona;

import dev.dispense.Command;

/** Commands that are scripts. */
final class ShellCommand {
  private ShellCommand() {}

  static Command of(String script) {
    return Command.of("sh", "-c", script).in("/");
  }
}
