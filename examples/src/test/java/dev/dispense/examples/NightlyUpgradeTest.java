package dev.dispense.examples;

import static dev.dispense.examples.Workbench.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.examples.NightlyUpgrade.Outcome;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NightlyUpgradeTest {
  private static final LocalDate NIGHT = LocalDate.of(2026, 11, 1);

  private final Workbench workbench;
  private final Path repository;

  NightlyUpgradeTest(@TempDir Path directory) throws Exception {
    workbench = new Workbench(directory);
    repository = workbench.repository("shop");
  }

  @Test
  void eachRepositoryGetsABranchToReview() throws Exception {
    Path other = workbench.repository("Other Project");
    ScriptedAgent agent =
        ScriptedAgent.builder().write("pom.xml", "upgraded\n").succeed("Upgraded.").build();

    assertThat(upgrade(agent, repository, other))
        .containsExactly(
            new Outcome.Upgraded(repository, "upgrade-2026-11-01", 1),
            new Outcome.Upgraded(other, "upgrade-2026-11-01", 1));
    assertThat(git(repository, "show", "upgrade-2026-11-01:pom.xml")).isEqualTo("upgraded");
    workbench.assertEmpty(repository);
    workbench.assertEmpty(other);
  }

  @Test
  void whereNothingChangesThereIsNoBranch() throws Exception {
    ScriptedAgent agent = ScriptedAgent.builder().succeed("All is up to date.").build();

    assertThat(upgrade(agent, repository)).containsExactly(new Outcome.UpToDate(repository));
    assertThat(git(repository, "branch", "--format=%(refname:short)")).isEqualTo("main");
    workbench.assertEmpty(repository);
  }

  @Test
  void anAgentThatFailsIsReportedAndTheOthersGoOn() throws Exception {
    ScriptedAgent agent = ScriptedAgent.builder().fail("The tests do not pass.").build();
    Path missing = repository.resolveSibling("missing");

    List<Outcome> outcomes = upgrade(agent, missing, repository);

    assertThat(outcomes).hasSize(2);
    assertThat(outcomes.get(0))
        .isInstanceOfSatisfying(
            Outcome.Failed.class, failed -> assertThat(failed.why()).contains(missing.toString()));
    assertThat(outcomes.get(1))
        .isEqualTo(new Outcome.Failed(repository, "FAILED: The tests do not pass."));
    workbench.assertEmpty(repository);
  }

  private List<Outcome> upgrade(ScriptedAgent agent, Path... repositories) {
    try (Dispense dispense = workbench.open(agent)) {
      return new NightlyUpgrade(dispense).run(List.of(repositories), NIGHT);
    }
  }
}
