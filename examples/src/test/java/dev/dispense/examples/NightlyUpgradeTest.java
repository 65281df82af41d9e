package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.examples.NightlyUpgrade.Outcome;
import dev.dispense.testkit.DispenseFixture;
import dev.dispense.testkit.DispenseTest;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

@DispenseTest
class NightlyUpgradeTest {
  private static final LocalDate NIGHT = LocalDate.of(2026, 11, 1);

  private final DispenseFixture fixture;
  private final Path repository;

  NightlyUpgradeTest(DispenseFixture fixture) throws Exception {
    this.fixture = fixture;
    repository = fixture.repository("shop");
  }

  @Test
  void eachRepositoryGetsABranchToReview() throws Exception {
    Path other = fixture.repository("Other Project");
    ScriptedAgent agent =
        ScriptedAgent.builder().write("pom.xml", "upgraded\n").succeed("Upgraded.").build();

    assertThat(upgrade(agent, repository, other))
        .containsExactly(
            new Outcome.Upgraded(repository, "upgrade-2026-11-01", 1),
            new Outcome.Upgraded(other, "upgrade-2026-11-01", 1));
    assertThat(fixture.git(repository, "show", "upgrade-2026-11-01:pom.xml")).isEqualTo("upgraded");
    fixture.assertNothingLeft();
  }

  @Test
  void whereNothingChangesThereIsNoBranch() throws Exception {
    ScriptedAgent agent = ScriptedAgent.builder().succeed("All is up to date.").build();

    assertThat(upgrade(agent, repository)).containsExactly(new Outcome.UpToDate(repository));
    assertThat(fixture.git(repository, "branch", "--format=%(refname:short)")).isEqualTo("main");
    fixture.assertNothingLeft();
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
    fixture.assertNothingLeft();
  }

  private List<Outcome> upgrade(ScriptedAgent agent, Path... repositories) {
    try (Dispense dispense = fixture.open(agent)) {
      return new NightlyUpgrade(dispense).run(List.of(repositories), NIGHT);
    }
  }
}
