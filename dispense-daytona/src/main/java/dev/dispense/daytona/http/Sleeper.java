package dev.dispense.daytona.http;

import dev.dispense.DispenseException;
import java.time.Duration;

/** Lets time go by between two attempts; a test's does not take it. */
@FunctionalInterface
public interface Sleeper {
  /** Lets the time really go by. */
  Sleeper REAL = duration -> Thread.sleep(duration.toMillis());

  /** Lets time go by. */
  void sleep(Duration duration) throws InterruptedException;

  /** Lets time go by; an interrupt becomes the exception for it. */
  default void of(Duration duration) {
    try {
      sleep(duration);
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("waiting for Daytona", e);
    }
  }
}
