package dev.dispense.benchmarks.measure;

/**
 * What a figure is to reach.
 *
 * @param direction the side of the bound that is good
 * @param bound in the unit of the figure
 */
public record Target(Direction direction, double bound) {
  /** The side of a bound that is good. */
  enum Direction {
    AT_MOST("≤"),
    AT_LEAST("≥");

    private final String sign;

    Direction(String sign) {
      this.sign = sign;
    }
  }

  public static Target atMost(double bound) {
    return new Target(Direction.AT_MOST, bound);
  }

  public static Target atLeast(double bound) {
    return new Target(Direction.AT_LEAST, bound);
  }

  boolean isMet(double value) {
    return direction == Direction.AT_MOST ? value <= bound : value >= bound;
  }

  public String text(String unit) {
    return direction.sign + " " + Series.text(bound, unit);
  }
}
