package dev.dispense.cli;

import dev.dispense.testkit.RequiresDocker;

/** Kills clients of containers, in which the files are mounted. */
@RequiresDocker
class CrashIT extends CrashCases {
  @Override
  String provider() {
    return "docker";
  }
}
