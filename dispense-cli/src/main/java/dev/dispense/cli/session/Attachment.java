package dev.dispense.cli.session;

import dev.dispense.Command;
import dev.dispense.Sandbox;
import dev.dispense.Streams;
import dev.dispense.cli.terminal.Console;
import dev.dispense.cli.terminal.UsageException;
import org.jspecify.annotations.Nullable;

/** Runs a program in a sandbox with the console as its own. */
public final class Attachment {
  /** The best shell that the sandbox has. */
  public static final Command SHELL =
      Command.of(
          "sh", "-c", "if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi");

  private final Session session;
  private final Console console;

  public Attachment(Session session) {
    this.session = session;
    this.console = session.console();
  }

  /**
   * Returns the program's exit code.
   *
   * @param tty whether it gets a terminal; null: when standard input and output are one
   */
  public int exec(Sandbox sandbox, Command command, @Nullable Boolean tty) {
    boolean terminals =
        console.isTerminal(Console.Stream.IN) && console.isTerminal(Console.Stream.OUT);
    if (tty == null ? terminals : tty) {
      return execInTerminal(sandbox, command, terminals);
    }
    // A program that was given no terminal on purpose must not wait for what is typed at ours.
    Streams streams =
        console.isTerminal(Console.Stream.IN)
            ? Streams.of(session.out().stream(), console.err())
            : Streams.of(console.in(), session.out().stream(), console.err());
    return sandbox.exec(command, streams);
  }

  private int execInTerminal(Sandbox sandbox, Command command, boolean terminals) {
    if (!terminals) {
      throw new UsageException(
          "--tty needs a terminal as standard input and output, which there is not.");
    }
    try (Console.RawTerminal terminal = console.openRaw()) {
      return sandbox.exec(command, Streams.of(console.in(), session.out().stream(), terminal));
    }
  }
}
