package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.testkit.DispenseFixture;
import dev.dispense.testkit.DispenseTest;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

@DispenseTest
class TenAtOnceTest {
  private final DispenseFixture fixture;
  private final Path repository;

  TenAtOnceTest(DispenseFixture fixture) throws Exception {
    this.fixture = fixture;
    repository = fixture.repository("project");
  }

  @Test
  void tenAttemptsBecomeTenBranches() throws Exception {
    ScriptedAgent agent =
        ScriptedAgent.builder().write("file.txt", "changed\n").succeed("Done.").build();
    try (Dispense dispense = fixture.open(agent)) {
      assertThat(TenAtOnce.run(dispense, repository, "Change it"))
          .hasSize(10)
          .contains(
              "attempt-1: SUCCEEDED, 1 files differ on work/attempt-1",
              "attempt-10: SUCCEEDED, 1 files differ on work/attempt-10");
    }
    assertThat(fixture.git(repository, "branch", "--list", "work/*").lines()).hasSize(10);
    fixture.assertNothingLeft();
  }

  @Test
  void oneThatCannotBeginLeavesTheOthersAlone() throws Exception {
    ScriptedAgent agent = ScriptedAgent.builder().succeed("Nothing to do.").build();
    try (Dispense dispense = fixture.open(agent);
        Sandbox taken = dispense.create(SandboxSpec.builder("attempt-3").build())) {
      List<String> results = TenAtOnce.run(dispense, repository, "Change it");

      assertThat(results.get(2)).contains("attempt-3", "taken");
      assertThat(results).filteredOn(result -> result.contains("SUCCEEDED")).hasSize(9);
      taken.delete();
    }
    fixture.assertNothingLeft();
  }
}
