package dev.dispense.benchmarks.measure;

import java.io.IOException;
import java.util.List;

/** One thing that a user waits for, and what it is measured against. */
public interface Scenario {
  /** Returns the name by which it is chosen. */
  String name();

  /** Returns what is measured, in a line. */
  String about();

  /**
   * Measures.
   *
   * @param workplace where to work; what is made with it is removed afterwards
   */
  List<Figure> measure(Workplace workplace) throws IOException, InterruptedException;
}
