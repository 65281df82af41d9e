package dev.dispense.benchmarks.scenario;

import dev.dispense.Command;
import dev.dispense.ExecResult;
import dev.dispense.Sandbox;
import dev.dispense.Source;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Repository;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The work of an agent back into a large repository, against {@code git bundle create} and {@code
 * git fetch} of the same.
 */
public final class ResultsScenario implements Scenario {
  private static final int FILES = 100_000;
  private static final int FILE_BYTES = 300;
  private static final int COMMITS = 20_000;
  private static final int CHANGED = 200;
  private static final double MOST = 2;

  /** Makes one commit on the base, $1, that changes the files $3 and on. */
  private static final String CHANGE =
      """
      base=$1 round=$2
      shift 2
      git reset --quiet --soft "$base"
      for file; do
        echo "a new line of round $round" >>"$file"
      done
      git -c user.name=Benchmark -c user.email=benchmark@example.org commit --quiet --all --message="Round $round"
      """;

  @Override
  public String name() {
    return "results";
  }

  @Override
  public String about() {
    return "a change of 200 files back into a repository of 100,000 files and 20,000 commits,"
        + " against git bundle create and git fetch";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    Path repository = workplace.directory().resolve("repository");
    Repository made = Repository.make(repository, FILES, FILE_BYTES, COMMITS);
    String base = Tool.run(repository, "git", "rev-parse", "HEAD");
    Path clone = workplace.directory().resolve("clone");
    Tool.run(
        workplace.directory(),
        List.of("git", "clone", "--quiet", "--shared", repository.toString(), clone.toString()));
    Repository.configure(clone);
    Sandbox sandbox =
        workplace
            .open(ScriptedAgent.builder().build())
            .create(workplace.sandbox().source(Source.directory(repository)).build());
    List<Series> times =
        workplace
            .rounds()
            .inTurn(
                round -> {
                  changeInside(sandbox, change(made, base, "ours-" + round));
                  return () -> sandbox.changes().fetchInto(repository);
                },
                round -> {
                  Tool.run(clone, change(made, base, "raw-" + round));
                  return () -> fetchRaw(workplace, clone, repository, base);
                });
    return List.of(
        Figure.ratio("results of 200 files", times.get(0), times.get(1), Target.atMost(MOST)));
  }

  private static List<String> change(Repository repository, String base, String round) {
    List<String> argv = new ArrayList<>(List.of("sh", "-euc", CHANGE, "sh", base, round));
    for (int i = 0; i < CHANGED; i++) {
      argv.add(Repository.path(i * (repository.files() / CHANGED)));
    }
    return argv;
  }

  private static void changeInside(Sandbox sandbox, List<String> argv) throws IOException {
    ExecResult result = sandbox.exec(Command.of(argv));
    if (!result.isSuccess()) {
      throw new IOException("The change in the sandbox failed: " + result.stderr());
    }
  }

  private static void fetchRaw(Workplace workplace, Path clone, Path repository, String base)
      throws IOException, InterruptedException {
    String bundle = workplace.directory().resolve("raw.bundle").toString();
    Tool.run(clone, List.of("git", "bundle", "create", "--quiet", bundle, base + "..HEAD"));
    Tool.run(repository, List.of("git", "fetch", "--quiet", bundle, "+HEAD:refs/benchmark/raw"));
  }
}
