package dev.dispense.cli.terminal;

import dev.dispense.DispenseException;
import dev.dispense.DispenseException.Hint;
import dev.dispense.Risk;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Adds to what the library says the command that does what it suggests. */
public final class NextStep {
  private NextStep() {}

  /** Returns the message of a failure, and how to do what its last sentence asks for. */
  public static String message(Throwable failure) {
    String message = failure.getMessage();
    if (failure instanceof DispenseException known) {
      return with(String.valueOf(message), known.hint());
    }
    return message == null ? failure.toString() : message;
  }

  /** Returns a text, and how to do what its last sentence asks for. */
  public static String with(String text, Optional<Hint> hint) {
    return hint.map(it -> text.replaceFirst("\\.$", "") + ": " + command(it)).orElse(text);
  }

  private static String command(Hint hint) {
    if (hint instanceof Hint.ListSandboxes) {
      return "dispense list";
    }
    if (hint instanceof Hint.Start it) {
      return "dispense start " + it.sandbox();
    }
    if (hint instanceof Hint.Restart it) {
      return "dispense stop %s && dispense start %s".formatted(it.sandbox(), it.sandbox());
    }
    if (hint instanceof Hint.Delete it) {
      return "dispense delete " + it.sandbox();
    }
    if (hint instanceof Hint.ForceDelete it) {
      return "dispense delete %s --discard".formatted(it.sandbox());
    }
    if (hint instanceof Hint.InstallAgent it) {
      return "dispense claude %s run --install-daemon".formatted(it.sandbox());
    }
    if (hint instanceof Hint.ListTasks it) {
      return "dispense claude %s tasks".formatted(it.sandbox());
    }
    if (hint instanceof Hint.IncludeUncommitted) {
      return "--include-uncommitted";
    }
    if (hint instanceof Hint.StoreKey it) {
      return "dispense login " + it.provider();
    }
    Hint.AllowRisks risks = (Hint.AllowRisks) hint;
    return "dispense diff %s shows it, --allow %s lets it pass"
        .formatted(
            risks.sandbox(),
            risks.kinds().stream().map(NextStep::word).collect(Collectors.joining(",")));
  }

  private static String word(Risk.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
