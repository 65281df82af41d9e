package dev.dispense.benchmarks;

import dev.dispense.DispenseException;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Machine;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.benchmarks.scenario.AwaitScenario;
import dev.dispense.benchmarks.scenario.CliScenario;
import dev.dispense.benchmarks.scenario.CreateScenario;
import dev.dispense.benchmarks.scenario.ExecScenario;
import dev.dispense.benchmarks.scenario.GatewayScenario;
import dev.dispense.benchmarks.scenario.IdleScenario;
import dev.dispense.benchmarks.scenario.LogFollowScenario;
import dev.dispense.benchmarks.scenario.RemoteFilesScenario;
import dev.dispense.benchmarks.scenario.ResultsScenario;
import dev.dispense.benchmarks.scenario.TaskStartScenario;
import dev.dispense.benchmarks.scenario.TenAtOnceScenario;
import dev.dispense.benchmarks.scenario.TransferScenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The program: runs scenarios, prints their figures. */
final class Benchmark {
  private static final List<Scenario> SCENARIOS =
      List.of(
          new CreateScenario(),
          new TenAtOnceScenario(),
          new IdleScenario(),
          new ExecScenario(),
          new TaskStartScenario(),
          new AwaitScenario(),
          new LogFollowScenario(),
          TransferScenario.SMALL_FILES,
          TransferScenario.LARGE_FILE,
          new RemoteFilesScenario(),
          new ResultsScenario(),
          new GatewayScenario(),
          new CliScenario());
  private static final long CLEAN_UP_SECONDS = 300;

  private final Arguments arguments;

  private Benchmark(Arguments arguments) {
    this.arguments = arguments;
  }

  /**
   * Runs the scenarios. Whether the targets are met does not show in the exit code.
   *
   * @param words see {@code scripts/benchmark --help}
   */
  public static void main(String[] words) {
    CountDownLatch done = new CountDownLatch(1);
    Thread worker = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(worker, done), "benchmark-stop"));
    int code = 1;
    try {
      code = run(words);
    } catch (InterruptedException e) {
      say("Interrupted; everything is removed.");
    } catch (IOException | DispenseException e) {
      say(e.getMessage());
    } finally {
      done.countDown();
    }
    System.exit(code);
  }

  /** On Ctrl-C, what was made is removed before the process ends. */
  private static void stop(Thread worker, CountDownLatch done) {
    if (done.getCount() == 0) {
      return;
    }
    worker.interrupt();
    try {
      if (!done.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS)) {
        say("Removing what was made takes too long; see: docker ps --filter label=benchmark");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int run(String... words) throws IOException, InterruptedException {
    Arguments arguments;
    List<Scenario> chosen;
    try {
      arguments = Arguments.parse(words);
      chosen = choose(arguments.only());
    } catch (IllegalArgumentException e) {
      say(e.getMessage());
      return 2;
    }
    if (arguments.help()) {
      SCENARIOS.forEach(it -> System.out.printf("  %-14s%s%n", it.name(), it.about()));
      return 0;
    }
    new Benchmark(arguments).measure(chosen);
    return 0;
  }

  private static List<Scenario> choose(List<String> names) {
    List<Scenario> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(
          SCENARIOS.stream()
              .filter(scenario -> scenario.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("There is no scenario " + name + ".")));
    }
    return chosen.isEmpty() ? SCENARIOS : chosen;
  }

  private void measure(List<Scenario> scenarios) throws IOException, InterruptedException {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    Map<String, String> machine = Machine.describe(parent);
    List<Figure> figures = new ArrayList<>();
    try {
      for (Scenario scenario : scenarios) {
        say("%s: %s".formatted(scenario.name(), scenario.about()));
        try (Workplace workplace =
            new Workplace(parent, arguments.launcher(), arguments.runs(), Benchmark::showRound)) {
          figures.addAll(scenario.measure(workplace));
        }
      }
    } finally {
      report(machine, figures);
    }
  }

  /** Reports what was measured, also when a later scenario fails or is interrupted. */
  private void report(Map<String, String> machine, List<Figure> figures) throws IOException {
    Report report = new Report(machine, arguments.runs(), figures);
    System.out.print(report.table());
    if (arguments.json().isPresent()) {
      report.writeJson(arguments.json().get());
    }
  }

  private static void showRound(int round, int rounds) {
    System.err.print(round == rounds ? " " + round + "\n" : " " + round);
  }

  private static void say(@Nullable String line) {
    System.err.println(line);
  }
}
