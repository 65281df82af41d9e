package dev.dispense.cli;

import dev.dispense.testkit.unisolated.UnisolatedProvider;
import java.util.List;

/** Deletes sandboxes of which this machine keeps only what they are, behind each step. */
class RemovalRaceTest extends RemovalRaces {
  @Override
  String provider() {
    return UnisolatedProvider.ID;
  }

  @Override
  List<String> tried(List<String> steps) {
    return steps.stream().distinct().toList();
  }
}
