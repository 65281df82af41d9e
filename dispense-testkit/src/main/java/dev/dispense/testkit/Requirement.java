package dev.dispense.testkit;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** What becomes of a test when the machine lacks what it needs. */
final class Requirement {
  private Requirement() {}

  /**
   * Returns whether a test can run.
   *
   * @param missing what the machine lacks, as a sentence
   * @param met what it has otherwise
   * @throws IllegalStateException when it lacks something and {@code CI} is {@code true}
   */
  static ConditionEvaluationResult result(
      Map<String, String> environment, Optional<String> missing, String met) {
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled(met);
    }
    if (environment.getOrDefault("CI", "").equals("true")) {
      throw new IllegalStateException(
          missing.get() + " With CI=true this fails instead of being skipped.");
    }
    return ConditionEvaluationResult.disabled(missing.get());
  }
}
