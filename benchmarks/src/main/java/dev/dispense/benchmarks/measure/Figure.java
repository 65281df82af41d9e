package dev.dispense.benchmarks.measure;

import java.util.Optional;

/**
 * A result.
 *
 * @param what what was measured
 * @param dispense what Dispense took
 * @param raw what the tool took that it is measured against; empty where the target is no ratio
 * @param value the figure that has the target
 * @param unit the unit of the figure; {@code ×} for a ratio
 * @param target what it is to reach; empty for one that only informs
 */
public record Figure(
    String what,
    Series dispense,
    Optional<Series> raw,
    double value,
    String unit,
    Optional<Target> target) {
  public static final String TIMES = "×";

  /** Returns how many times the median of the raw tool Dispense's is. */
  public static Figure ratio(String what, Series dispense, Series raw, Target target) {
    return new Figure(
        what,
        dispense,
        Optional.of(raw),
        dispense.median() / raw.median(),
        TIMES,
        Optional.of(target));
  }

  /** Returns the median of what Dispense took. */
  public static Figure absolute(String what, Series dispense, Target target) {
    return new Figure(
        what, dispense, Optional.empty(), dispense.median(), dispense.unit(), Optional.of(target));
  }

  /** Returns the median of what Dispense took, which has no target. */
  public static Figure information(String what, Series dispense) {
    return new Figure(
        what, dispense, Optional.empty(), dispense.median(), dispense.unit(), Optional.empty());
  }

  /** Returns this figure with a raw tool shown beside it, which the target does not depend on. */
  public Figure beside(Series tool) {
    return new Figure(what, dispense, Optional.of(tool), value, unit, target);
  }

  /** Returns whether the target is met; a figure without one meets it. */
  public boolean isMet() {
    return target.map(it -> it.isMet(value)).orElse(true);
  }
}
