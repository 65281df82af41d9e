package dev.dispense.benchmarks.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs what is compared in turn, so that what else the machine does meets all of it alike: each
 * round runs every contestant once, and who begins changes from round to round. The first round
 * warms up and does not count.
 *
 * @param runs how many rounds count
 * @param disk settles before each round
 * @param progress told after each round
 */
public record Rounds(int runs, Disk disk, Progress progress) {
  /** Told how far the rounds are. */
  @FunctionalInterface
  public interface Progress {
    void finished(int round, int rounds);
  }

  /** A measurement that times itself. */
  @FunctionalInterface
  public interface Measurement {
    double run(int round) throws IOException, InterruptedException;
  }

  /** Times the contestants in turn, and returns their series in the same order. */
  public List<Series> inTurn(Contestant... contestants) throws IOException, InterruptedException {
    return inTurn(() -> {}, contestants);
  }

  /**
   * Times the contestants in turn, and returns their series in the same order.
   *
   * @param afterRound tidies up after each round
   */
  public List<Series> inTurn(Contestant.Action afterRound, Contestant... contestants)
      throws IOException, InterruptedException {
    List<List<Double>> times = new ArrayList<>();
    for (int i = 0; i < contestants.length; i++) {
      times.add(new ArrayList<>());
    }
    for (int round = 0; round <= runs; round++) {
      List<Contestant.Action> actions = new ArrayList<>();
      for (Contestant contestant : contestants) {
        actions.add(contestant.prepare(round));
      }
      disk.settle();
      for (int i = 0; i < contestants.length; i++) {
        int turn = (i + round) % contestants.length;
        double time = time(actions.get(turn));
        if (round > 0) {
          times.get(turn).add(time);
        }
      }
      afterRound.run();
      progress.finished(round, runs);
    }
    return times.stream().map(values -> new Series(Series.MILLISECONDS, values)).toList();
  }

  /** Repeats a measurement that times itself; the first does not count. */
  public Series repeat(String unit, Measurement measurement)
      throws IOException, InterruptedException {
    List<Double> values = new ArrayList<>();
    for (int round = 0; round <= runs; round++) {
      double value = measurement.run(round);
      if (round > 0) {
        values.add(value);
      }
      progress.finished(round, runs);
    }
    return new Series(unit, values);
  }

  /** Returns how many milliseconds an action takes. */
  public static double time(Contestant.Action action) throws IOException, InterruptedException {
    long start = System.nanoTime();
    action.run();
    return (System.nanoTime() - start) / 1e6;
  }
}
