package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine. */
final class Requirement {
  private Requirement() {}

  /** Skips the test that runs; with CI=true, where nothing may be missing, it fails. */
  static void missing(String reason) {
    assertThat(System.getenv("CI")).as(reason).isNotEqualTo("true");
    Assumptions.abort(reason);
  }
}
