package dev.dispense.benchmarks.scenario;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.util.List;

/** A short command, against {@code docker exec}. */
public final class ExecScenario implements Scenario {
  private static final double MOST = 1.05;

  @Override
  public String name() {
    return "exec";
  }

  @Override
  public String about() {
    return "a short command, against docker exec";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    Dispense dispense = workplace.open(ScriptedAgent.builder().build());
    Sandbox sandbox = dispense.create(workplace.sandbox().build());
    String container = sandbox.info().id().orElseThrow();
    List<Series> times =
        workplace
            .rounds()
            .inTurn(
                round -> () -> sandbox.exec(Command.of("true")),
                round ->
                    () -> Tool.run(workplace.directory(), "docker", "exec", container, "true"));
    return List.of(Figure.ratio("exec", times.get(0), times.get(1), Target.atMost(MOST)));
  }
}
