package dev.dispense;

import java.util.OptionalLong;

/**
 * How much a task may ask of its model through the {@linkplain dev.dispense.spi.Gateway gateway}.
 * What is over it is refused there; the agent then ends, and what it did until then stays.
 *
 * @param requests the most requests, from 1, those that fail included; default no limit
 * @param bytes the most bytes of questions and answers, from 1; default no limit. The request that
 *     passes it is still answered, and so are others that are made at the same time
 */
public record TaskLimit(OptionalLong requests, OptionalLong bytes) {
  /** No limit. */
  public static final TaskLimit NONE = new TaskLimit(OptionalLong.empty(), OptionalLong.empty());

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException when one is out of its range
   */
  public TaskLimit {
    if (requests.isPresent() && requests.getAsLong() < 1) {
      throw new IllegalArgumentException("The requests of a task must be at least 1.");
    }
    if (bytes.isPresent() && bytes.getAsLong() < 1) {
      throw new IllegalArgumentException("The bytes of a task must be at least 1.");
    }
  }

  /** Returns whether it limits nothing. */
  public boolean isNone() {
    return requests.isEmpty() && bytes.isEmpty();
  }
}
