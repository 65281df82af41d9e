package dev.dispense.benchmarks.scenario;

import dev.dispense.Command;
import dev.dispense.Sandbox;
import dev.dispense.Task;
import dev.dispense.TaskSpec;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** The output of an agent: as it is written, and read again, against {@code docker exec cat}. */
public final class LogFollowScenario implements Scenario {
  private static final long BYTES = 512L << 20;
  private static final double LEAST_MEGABYTES_PER_SECOND = 150;
  private static final String FILE = "/tmp/benchmark-log";
  private static final String WRITE =
      "yes 'A line of output about as long as most lines of output are, give or take a few words'"
          + " | head -c "
          + BYTES;

  @Override
  public String name() {
    return "log-follow";
  }

  @Override
  public String about() {
    return "512 MiB of an agent's output, followed while it is written and afterwards";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    ScriptedAgent agent = ScriptedAgent.builder().run("sh", "-c", WRITE).succeed("Done.").build();
    Sandbox sandbox = workplace.open(agent).create(workplace.sandbox().build());
    String container = sandbox.info().id().orElseThrow();
    sandbox.exec(Command.of("sh", "-c", WRITE + " > " + FILE));
    Task ended = sandbox.run(TaskSpec.of("Write much"));
    ended.await();
    List<Series> times =
        workplace
            .rounds()
            .inTurn(
                round -> () -> follow(sandbox.run(TaskSpec.of("Write much"))),
                round -> () -> follow(ended),
                round -> () -> readRaw(workplace, container));
    Series raw = times.get(2).throughput(BYTES);
    Target target = Target.atLeast(LEAST_MEGABYTES_PER_SECOND);
    return List.of(
        Figure.absolute("log while written", times.get(0).throughput(BYTES), target).beside(raw),
        Figure.absolute("log afterwards", times.get(1).throughput(BYTES), target).beside(raw));
  }

  private static void follow(Task task) {
    task.log(0, true, OutputStream.nullOutputStream());
  }

  private static void readRaw(Workplace workplace, String container)
      throws IOException, InterruptedException {
    Tool.discard(workplace.directory(), List.of("docker", "exec", container, "cat", FILE));
  }
}
