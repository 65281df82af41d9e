package dev.dispense.cli;

import dev.dispense.testkit.unisolated.UnisolatedProvider;

/** Kills clients of sandboxes without isolation, to which the files are uploaded. */
class CrashTest extends CrashCases {
  @Override
  String provider() {
    return UnisolatedProvider.ID;
  }
}
