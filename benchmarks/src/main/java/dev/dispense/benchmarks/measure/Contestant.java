package dev.dispense.benchmarks.measure;

import java.io.IOException;

/** One of those that are measured in turn. */
@FunctionalInterface
public interface Contestant {
  /**
   * Prepares a round, which takes as long as it takes.
   *
   * @param round 0 for the first, which does not count
   * @return what is timed
   */
  Action prepare(int round) throws IOException, InterruptedException;

  /** What is timed. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException, InterruptedException;
  }
}
