package dev.dispense.cli;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Says what to type next. */
final class Hints {
  private final Printer out;

  Hints(Printer out) {
    this.out = out;
  }

  void add(String purpose, Object... words) {
    String command = Arrays.stream(words).map(Object::toString).collect(Collectors.joining(" "));
    out.line("  %-16s %s".formatted(purpose + ":", command));
  }
}
