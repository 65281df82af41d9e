package dev.dispense.cli.terminal;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Says what to type next. */
public final class Hints {
  private final Printer out;

  public Hints(Printer out) {
    this.out = out;
  }

  public void add(String purpose, Object... words) {
    String command = Arrays.stream(words).map(Object::toString).collect(Collectors.joining(" "));
    out.line("  %-16s %s".formatted(purpose + ":", command));
  }
}
