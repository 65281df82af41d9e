package dev.dispense.benchmarks.scenario;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.benchmarks.measure.DockerRun;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Ten sandboxes at once, against ten {@code docker run --detach} at once. */
public final class TenAtOnceScenario implements Scenario {
  private static final int COUNT = 10;
  private static final double MOST = 1.15;

  @Override
  public String name() {
    return "ten-at-once";
  }

  @Override
  public String about() {
    return "ten sandboxes at once, against ten docker run -d at once";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    Dispense dispense = workplace.open(ScriptedAgent.builder().build());
    Sandbox sample = dispense.create(workplace.sandbox().build());
    List<String> run = DockerRun.like(sample.info().id().orElseThrow()).argv(workplace.label());
    Queue<Sandbox> made = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newFixedThreadPool(COUNT);
    try {
      List<Series> times =
          workplace
              .rounds()
              .inTurn(
                  () -> {
                    workplace.removeContainers();
                    made.forEach(Sandbox::forceDelete);
                    made.clear();
                  },
                  round -> {
                    List<Callable<Object>> creations = new ArrayList<>();
                    for (int i = 0; i < COUNT; i++) {
                      SandboxSpec spec = workplace.sandbox().build();
                      creations.add(() -> made.add(dispense.create(spec)));
                    }
                    return () -> all(threads, creations);
                  },
                  round ->
                      () ->
                          all(
                              threads,
                              Collections.nCopies(
                                  COUNT, () -> Tool.run(workplace.directory(), run))));
      return List.of(Figure.ratio("ten at once", times.get(0), times.get(1), Target.atMost(MOST)));
    } finally {
      threads.shutdownNow();
    }
  }

  private static void all(ExecutorService threads, List<? extends Callable<Object>> work)
      throws IOException, InterruptedException {
    for (Future<Object> each : threads.invokeAll(work)) {
      try {
        each.get();
      } catch (ExecutionException e) {
        throw new IOException(e.getCause() == null ? e : e.getCause());
      }
    }
  }
}
