package dev.dispense.benchmarks.measure;

import java.util.List;
import java.util.Locale;

/**
 * What one thing took in each run.
 *
 * @param unit the unit of the values, such as {@code ms}
 * @param values one for each run, in their order; at least one
 */
public record Series(String unit, List<Double> values) {
  public static final String MILLISECONDS = "ms";
  static final String MEGABYTES_PER_SECOND = "MB/s";

  public Series {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("A series needs a run.");
    }
  }

  /** Returns the value in the middle. */
  public double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Returns the throughput of so many bytes in these times. */
  public Series throughput(long bytes) {
    return new Series(
        MEGABYTES_PER_SECOND,
        values.stream().map(milliseconds -> bytes / 1e6 / (milliseconds / 1e3)).toList());
  }

  /** Returns the median and its unit. */
  public String text() {
    return text(median(), unit);
  }

  /** Returns a number with about three digits that mean something. */
  public static String text(double value, String unit) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%.0f %s" : size >= 10 ? "%.1f %s" : "%.2f %s";
    return String.format(Locale.ROOT, format, value, unit);
  }
}
