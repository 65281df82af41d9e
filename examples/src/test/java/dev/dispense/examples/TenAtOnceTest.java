package dev.dispense.examples;

import static dev.dispense.examples.Workbench.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenAtOnceTest {
  private final Workbench workbench;
  private final Path repository;

  TenAtOnceTest(@TempDir Path directory) throws Exception {
    workbench = new Workbench(directory);
    repository = workbench.repository("project");
  }

  @Test
  void tenAttemptsBecomeTenBranches() throws Exception {
    ScriptedAgent agent =
        ScriptedAgent.builder().write("file.txt", "changed\n").succeed("Done.").build();
    try (Dispense dispense = workbench.open(agent)) {
      assertThat(TenAtOnce.run(dispense, repository, "Change it"))
          .hasSize(10)
          .contains(
              "attempt-1: SUCCEEDED, 1 files differ on work/attempt-1",
              "attempt-10: SUCCEEDED, 1 files differ on work/attempt-10");
    }
    assertThat(git(repository, "branch", "--list", "work/*").lines()).hasSize(10);
    workbench.assertEmpty(repository);
  }

  @Test
  void oneThatCannotBeginLeavesTheOthersAlone() throws Exception {
    ScriptedAgent agent = ScriptedAgent.builder().succeed("Nothing to do.").build();
    try (Dispense dispense = workbench.open(agent);
        Sandbox taken = dispense.create(SandboxSpec.builder("attempt-3").build())) {
      List<String> results = TenAtOnce.run(dispense, repository, "Change it");

      assertThat(results.get(2)).contains("attempt-3", "taken");
      assertThat(results).filteredOn(result -> result.contains("SUCCEEDED")).hasSize(9);
      taken.delete();
    }
    workbench.assertEmpty(repository);
  }
}
