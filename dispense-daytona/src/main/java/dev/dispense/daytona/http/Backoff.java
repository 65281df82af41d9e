package dev.dispense.daytona.http;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before each attempt: from 250 ms on half as much more each time, up to 2 s, and
 * a little more or less, so that many clients do not come at once.
 */
public final class Backoff {
  private static final double FIRST_MILLIS = 250;
  private static final double MOST_MILLIS = 2000;
  private static final double GROWTH = 1.5;
  private static final double JITTER = 0.2;

  private double millis = FIRST_MILLIS;

  /** Returns the next wait. */
  public Duration next() {
    double factor = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    Duration wait = Duration.ofMillis((long) (millis * factor));
    millis = Math.min(millis * GROWTH, MOST_MILLIS);
    return wait;
  }
}
