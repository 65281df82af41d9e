package dev.dispense.benchmarks.scenario;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Progress;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.benchmarks.measure.Contestant;
import dev.dispense.benchmarks.measure.DockerRun;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Repository;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A sandbox for a repository, from nothing or from one that was prepared, to the end of its first
 * command, against {@code git worktree add} and {@code docker run --detach} with the same flags,
 * one after the other.
 */
public final class CreateScenario implements Scenario {
  private static final int FILES = 5_000;
  private static final int FILE_BYTES = 4_000;
  private static final int COMMITS = 100;
  private static final double MOST = 1.10;
  private static final double MOST_PREPARED = 0.25;

  @Override
  public String name() {
    return "create";
  }

  @Override
  public String about() {
    return "a sandbox for a repository of 5,000 files, up to the end of its first command, against"
        + " git worktree add, then docker run -d with the same flags";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    Repository repository =
        Repository.make(workplace.directory().resolve("repository"), FILES, FILE_BYTES, COMMITS);
    Dispense dispense = workplace.open(ScriptedAgent.builder().build());
    RawSandbox raw = RawSandbox.like(workplace, dispense, repository);
    // What is made stays until the end: deleting files slows the making of others.
    List<Series> times =
        workplace
            .rounds()
            .inTurn(
                round -> create(dispense, spec(workplace, repository).build()),
                raw::prepare,
                round -> take(dispense, spec(workplace, repository)));
    return List.of(
        Figure.ratio("create to first exec", times.get(0), times.get(1), Target.atMost(MOST)),
        Figure.ratio(
            "the same, one prepared", times.get(2), times.get(1), Target.atMost(MOST_PREPARED)));
  }

  private static SandboxSpec.Builder spec(Workplace workplace, Repository repository) {
    return workplace.sandbox().source(Source.directory(repository.directory()));
  }

  private static Contestant.Action take(Dispense dispense, SandboxSpec.Builder builder) {
    // Another variable than the others have, so that none of them takes it.
    SandboxSpec spec = builder.environment("PREPARED", "yes").build();
    dispense.fillPool(spec, 1, Progress.Listener.NONE);
    return create(dispense, spec);
  }

  private static Contestant.Action create(Dispense dispense, SandboxSpec spec) {
    return () -> {
      try (Sandbox sandbox = dispense.create(spec)) {
        sandbox.exec(Command.of("true"));
      }
    };
  }

  /** The same made with git and docker. */
  private record RawSandbox(
      Workplace workplace, Repository repository, DockerRun run, Path mounted) {

    static RawSandbox like(Workplace workplace, Dispense dispense, Repository repository)
        throws IOException, InterruptedException {
      try (Sandbox sandbox = dispense.create(spec(workplace, repository).build())) {
        return new RawSandbox(
            workplace,
            repository,
            DockerRun.like(sandbox.info().id().orElseThrow()),
            sandbox.info().directory().orElseThrow());
      }
    }

    Contestant.Action prepare(int round) throws IOException {
      Path directory = workplace.directory().resolve("raw-" + round);
      Files.createDirectories(directory.resolve("git"));
      Files.createFile(directory.resolve("gitfile"));
      Files.createFile(directory.resolve("supervisor"));
      List<String> argv = run.argv(workplace.label(), mounted, directory);
      return () -> {
        String worktree = directory.resolve("worktree").toString();
        Tool.run(
            repository.directory(),
            List.of("git", "worktree", "add", "--quiet", "-b", "raw-" + round, worktree));
        Tool.run(directory, argv);
      };
    }
  }
}
