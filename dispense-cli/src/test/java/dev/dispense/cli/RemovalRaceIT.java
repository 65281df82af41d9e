package dev.dispense.cli;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.util.List;

/** Deletes containers whose worktree is on this machine, behind the steps that remove it. */
@RequiresDocker
@RequiresProgram("docker")
class RemovalRaceIT extends RemovalRaces {
  @Override
  String provider() {
    return "docker";
  }

  @Override
  List<String> tried(List<String> steps) {
    return steps.subList(steps.indexOf("machine deleted"), steps.size());
  }
}
