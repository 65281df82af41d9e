package dev.dispense.benchmarks;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The command line.
 *
 * @param launcher the {@code dispense} command
 * @param only the names of the scenarios to run; empty for all
 * @param runs how many runs count, from 1
 * @param json the file to write as JSON
 * @param help whether only to say what can be measured
 */
record Arguments(Path launcher, List<String> only, int runs, Optional<Path> json, boolean help) {
  private static final int DEFAULT_RUNS = 15;

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException when it cannot be understood
   */
  static Arguments parse(String... words) {
    Path launcher = Path.of("dispense");
    List<String> only = new ArrayList<>();
    int runs = DEFAULT_RUNS;
    Optional<Path> json = Optional.empty();
    boolean help = false;
    Deque<String> rest = new ArrayDeque<>(List.of(words));
    while (!rest.isEmpty()) {
      String option = rest.remove();
      switch (option) {
        case "--launcher" -> launcher = Path.of(value(option, rest));
        case "--only" -> only.addAll(List.of(value(option, rest).split(",", -1)));
        case "--runs" -> runs = runs(value(option, rest));
        case "--json" -> json = Optional.of(Path.of(value(option, rest)));
        case "-h", "--help" -> help = true;
        default -> throw new IllegalArgumentException("There is no option " + option + ".");
      }
    }
    return new Arguments(launcher, List.copyOf(only), runs, json, help);
  }

  private static String value(String option, Deque<String> rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException("The option " + option + " needs a value.");
    }
    return rest.remove();
  }

  private static int runs(String text) {
    if (!text.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException("The number of runs is from 1, not " + text + ".");
    }
    return Integer.parseInt(text);
  }
}
