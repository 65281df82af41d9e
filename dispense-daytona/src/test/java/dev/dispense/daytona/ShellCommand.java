package dev.dispense.daytona;

import dev.dispense.Command;

/** Commands that are scripts. */
public final class ShellCommand {
  private ShellCommand() {}

  public static Command of(String script) {
    return Command.of("sh", "-c", script).in("/");
  }
}
