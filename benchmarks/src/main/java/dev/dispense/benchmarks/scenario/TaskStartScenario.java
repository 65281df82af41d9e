package dev.dispense.benchmarks.scenario;

import dev.dispense.Command;
import dev.dispense.Sandbox;
import dev.dispense.Task;
import dev.dispense.TaskSpec;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Rounds;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Stamps;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From giving a task to the moment at which its agent writes its first byte, less what the agent
 * itself needs to start, against {@code docker exec}. The agent says itself when that is, by the
 * clock that a container shares with its host; when a client sees the byte is not part of it.
 */
public final class TaskStartScenario implements Scenario {
  private static final double MOST = 1.3;

  @Override
  public String name() {
    return "task-start";
  }

  @Override
  public String about() {
    return "from giving a task to when the agent writes its first byte, less the agent's own start,"
        + " against one docker exec";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    ScriptedAgent agent = ScriptedAgent.builder().run(Stamps.command()).succeed("Done.").build();
    Sandbox sandbox = workplace.open(agent).create(workplace.sandbox().build());
    String container = sandbox.info().id().orElseThrow();
    List<Double> starts = new ArrayList<>();
    List<Double> own = new ArrayList<>();
    List<Double> execs = new ArrayList<>();
    // In one series, so that all three meet the same load.
    Series unused =
        workplace
            .rounds()
            .repeat(
                Series.MILLISECONDS,
                round -> {
                  double start = start(sandbox);
                  double ownStart = ownStart(sandbox);
                  double exec = Rounds.time(() -> rawExec(workplace, container));
                  if (round > 0) {
                    starts.add(start);
                    own.add(ownStart);
                    execs.add(exec);
                  }
                  return start;
                });
    Series start = new Series(Series.MILLISECONDS, starts);
    Series ownStart = new Series(Series.MILLISECONDS, own);
    Series exec = new Series(Series.MILLISECONDS, execs);
    return List.of(
        new Figure(
            "task to first byte written",
            start,
            Optional.of(exec),
            (start.median() - ownStart.median()) / exec.median(),
            Figure.TIMES,
            Optional.of(Target.atMost(MOST))),
        Figure.information("agent's own start", ownStart));
  }

  private static double start(Sandbox sandbox) {
    long given = Stamps.now();
    Task task = sandbox.run(TaskSpec.of("Say what time it is"));
    task.await();
    return (Stamps.read(task) - given) / 1e6;
  }

  /** The same program, started by a program beside it. */
  private static double ownStart(Sandbox sandbox) {
    String stamp = String.join(" ", Stamps.command());
    String[] stamps =
        sandbox
            .exec(
                Command.of(
                    "sh", "-c", "begin=$(%s); sh -c '%s'; echo $begin".formatted(stamp, stamp)))
            .stdout()
            .strip()
            .split("\n", -1);
    return (Long.parseLong(stamps[0]) - Long.parseLong(stamps[1])) / 1e6;
  }

  private static void rawExec(Workplace workplace, String container)
      throws IOException, InterruptedException {
    Tool.run(workplace.directory(), "docker", "exec", container, "true");
  }
}
