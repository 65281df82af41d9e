package dev.dispense.examples;

import dev.dispense.Changes;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of your own: an agent upgrades the dependencies of several repositories, one after the
 * other, and each gets a branch to review. It is given a {@link Dispense}, so that its test can
 * give it one without Docker and without a key.
 */
public final class NightlyUpgrade {
  private static final String PROMPT =
      "Upgrade the dependencies of this project to their latest releases. Build it and run its"
          + " tests, and mend what the upgrades break. Commit each upgrade by itself.";

  private final Dispense dispense;

  /** Makes a program that uses {@code dispense}, and does not close it. */
  public NightlyUpgrade(Dispense dispense) {
    this.dispense = dispense;
  }

  /** What became of one repository. */
  public sealed interface Outcome {
    /** Its upgrades are on a branch. */
    record Upgraded(Path repository, String branch, int files) implements Outcome {}

    /** There was nothing to upgrade. */
    record UpToDate(Path repository) implements Outcome {}

    /** The agent, or its sandbox, failed. */
    record Failed(Path repository, String why) implements Outcome {}
  }

  /**
   * Upgrades the repositories.
   *
   * @param night names the branches
   * @return what became of each repository, in the order of {@code repositories}
   */
  public List<Outcome> run(List<Path> repositories, LocalDate night) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Path repository : repositories) {
      SandboxSpec spec =
          SandboxSpec.builder("nightly-upgrade-" + (outcomes.size() + 1))
              .source(Source.directory(repository))
              .build();
      try {
        outcomes.add(
            dispense.withSandbox(
                spec, sandbox -> upgrade(sandbox, repository, "upgrade-" + night)));
      } catch (DispenseException e) {
        outcomes.add(new Outcome.Failed(repository, String.valueOf(e.getMessage())));
      }
    }
    return outcomes;
  }

  private static Outcome upgrade(Sandbox sandbox, Path repository, String branch) {
    TaskSpec task = TaskSpec.builder(PROMPT).timeout(Duration.ofHours(1)).build();
    TaskInfo end = sandbox.run(task).await();
    if (end.state() != TaskInfo.State.SUCCEEDED) {
      return new Outcome.Failed(repository, end.state() + ": " + end.message());
    }
    Changes changes = sandbox.changes();
    if (changes.isEmpty()) {
      return new Outcome.UpToDate(repository);
    }
    changes.fetchInto(repository, branch);
    return new Outcome.Upgraded(repository, branch, changes.files().size());
  }
}
