package dev.dispense.benchmarks.scenario;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.HeapWatch;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What sandboxes that nothing happens in cost the program that holds them. */
public final class IdleScenario implements Scenario {
  private static final int COUNT = 50;
  private static final double MOST_MEGABYTES = 1;
  private static final double MOST_THREADS_EACH = 0.1;
  private static final long THREADS_LIVE_SECONDS = 90;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public String about() {
    return "the heap and the threads that 50 idle sandboxes cost the client";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws InterruptedException {
    Dispense dispense = workplace.open(ScriptedAgent.builder().build());
    // What is loaded once is no cost of the fifty.
    use(dispense.create(workplace.sandbox().build()));
    int threadsBefore = Thread.activeCount();
    long heapBefore = HeapWatch.collected();
    List<Sandbox> sandboxes = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Sandbox sandbox = dispense.create(workplace.sandbox().build());
      use(sandbox);
      sandboxes.add(sandbox);
    }
    awaitFewerThreads(threadsBefore);
    int threads = Thread.activeCount() - threadsBefore;
    double heap = (HeapWatch.collected() - heapBefore) / 1e6;
    // They are held until here.
    sandboxes.forEach(Sandbox::close);
    return List.of(
        Figure.absolute(
            COUNT + " idle sandboxes: heap",
            new Series("MB", List.of(Math.max(0, heap))),
            Target.atMost(MOST_MEGABYTES)),
        Figure.absolute(
            COUNT + " idle sandboxes: threads each",
            new Series("", List.of(Math.max(0, threads) / (double) COUNT)),
            Target.atMost(MOST_THREADS_EACH)));
  }

  private static void use(Sandbox sandbox) {
    int unused = sandbox.exec(Command.of("true")).exitCode();
  }

  /** Threads without work live for a minute. */
  private static void awaitFewerThreads(int before) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(THREADS_LIVE_SECONDS);
    while (Thread.activeCount() > before && System.nanoTime() < end) {
      Thread.sleep(500);
    }
  }
}
