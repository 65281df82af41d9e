package dev.dispense.benchmarks.scenario;

import dev.dispense.Sandbox;
import dev.dispense.Task;
import dev.dispense.TaskSpec;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Stamps;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.util.List;

/** From the end of the agent to when somebody who waits for it knows. */
public final class AwaitScenario implements Scenario {
  private static final double MOST_MILLISECONDS = 50;

  @Override
  public String name() {
    return "await";
  }

  @Override
  public String about() {
    return "from the end of the agent to await returning";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    ScriptedAgent agent =
        ScriptedAgent.builder().run("sleep", "1").succeed("Done.").run(Stamps.command()).build();
    Sandbox sandbox = workplace.open(agent).create(workplace.sandbox().build());
    Series delay =
        workplace
            .rounds()
            .repeat(
                Series.MILLISECONDS,
                round -> {
                  Task task = sandbox.run(TaskSpec.of("Take a second"));
                  task.await();
                  long known = Stamps.now();
                  return (known - Stamps.read(task)) / 1e6;
                });
    return List.of(
        Figure.absolute("end of agent to await", delay, Target.atMost(MOST_MILLISECONDS)));
  }
}
