package dev.dispense.cli.session;

import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.cli.terminal.Console;
import dev.dispense.cli.terminal.Printer;
import dev.dispense.cli.terminal.ProgressLine;
import dev.dispense.cli.terminal.Questions;
import dev.dispense.cli.terminal.Suggestions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the commands work with: the console, the directory they are called in, and the library,
 * which is opened when it is first needed.
 */
public final class Session implements AutoCloseable, BooleanSupplier {
  private final Console console;
  private final Supplier<Dispense> opener;
  private final Path directory;
  private final Printer err;
  private final Questions questions;
  private @Nullable Printer out;
  private @Nullable Dispense dispense;

  public Session(Console console, Supplier<Dispense> opener, Path directory) {
    this.console = console;
    this.opener = opener;
    this.directory = directory;
    this.err = Printer.ofErrors(console.err());
    this.questions = new Questions(console, err);
  }

  public Console console() {
    return console;
  }

  /** Returns the directory that the command was called in. */
  public Path directory() {
    return directory;
  }

  public Dispense dispense() {
    Dispense opened = dispense;
    if (opened == null) {
      opened = opener.get();
      dispense = opened;
      KnownSettings.check(opened.environment(), err);
    }
    return opened;
  }

  public Environment host() {
    return dispense().environment();
  }

  /** Returns the printer of standard output: what was asked for. */
  public Printer out() {
    Printer opened = out;
    if (opened == null) {
      opened = Printer.ofOutput(console.out(), this);
      out = opened;
    }
    return opened;
  }

  /** Returns the printer of standard error: all else. */
  public Printer err() {
    return err;
  }

  /** Returns whether the output is to be in colour: see no-color.org. */
  @Override
  public boolean getAsBoolean() {
    return console.isTerminal(Console.Stream.OUT)
        && host().variable("NO_COLOR").isEmpty()
        && !host().variable("TERM").orElse("dumb").equals("dumb");
  }

  /** Returns why what was asked for could not be written; empty when it could. */
  public Optional<IOException> outputFailure() {
    return out == null ? Optional.empty() : out.failure();
  }

  public Questions questions() {
    return questions;
  }

  public ProgressLine progress() {
    return new ProgressLine(err, console);
  }

  /**
   * Returns a handle to a sandbox.
   *
   * @throws NotFoundException when there is none; the message names those that may have been meant
   */
  public Sandbox sandbox(String nameOrId) {
    return sandbox(nameOrId, Set.of());
  }

  /**
   * Returns a handle to a sandbox, of certain providers rather than of others.
   *
   * @param preferred the ids of the providers
   * @throws NotFoundException when there is none; the message names those that may have been meant
   */
  public Sandbox sandbox(String nameOrId, Set<String> preferred) {
    try {
      return dispense().sandbox(nameOrId, preferred);
    } catch (NotFoundException e) {
      List<String> near = nearNames(nameOrId);
      throw near.isEmpty()
          ? e
          : new NotFoundException(
              e.getMessage()
                  .replace(
                      " See which",
                      " Did you mean: %s? See which".formatted(String.join(", ", near))),
              e,
              e.hint().orElse(null));
    }
  }

  private List<String> nearNames(String name) {
    try {
      return Suggestions.of(
          name, dispense().list().stream().map(SandboxInfo::name).map(Object::toString).toList());
    } catch (DispenseException e) {
      return List.of();
    }
  }

  @Override
  public void close() {
    questions.close();
    if (dispense != null) {
      dispense.close();
    }
  }
}
