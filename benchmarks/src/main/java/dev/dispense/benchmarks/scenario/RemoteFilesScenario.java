package dev.dispense.benchmarks.scenario;

import dev.dispense.Command;
import dev.dispense.Sandbox;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.HeapWatch;
import dev.dispense.benchmarks.measure.Loopback;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.SourceText;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.daytona.FakeDaytona;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A large project to a sandbox at Daytona and back, against {@code tar} and {@code gzip -1} over
 * the same loopback. The service is the fake of the testkit, in this process; so the heap is that
 * of both sides.
 */
public final class RemoteFilesScenario implements Scenario {
  private static final int FILES = 50_000;
  private static final int FILE_BYTES = 10_000;
  private static final double LEAST = 0.8;
  private static final double MOST_HEAP_MEGABYTES = 128;
  private static final String INSIDE = "/workspace/";

  @Override
  public String name() {
    return "remote-files";
  }

  @Override
  public String about() {
    return "%,d files of %,d bytes to Daytona and back, against tar and gzip -1"
        .formatted(FILES, FILE_BYTES);
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    Path source = Files.createDirectories(workplace.directory().resolve("source"));
    new SourceText(FILES).fill(source, FILES, FILE_BYTES);
    String image =
        System.getenv().getOrDefault("DISPENSE_DOCKER_BASE_IMAGE", "debian:bookworm-slim");
    try (FakeDaytona daytona =
        FakeDaytona.builder(image).dockerOptions(List.of("--label", workplace.label())).start()) {
      Map<String, String> access =
          Map.of("DAYTONA_API_KEY", daytona.apiKey(), "DAYTONA_API_URL", daytona.url().toString());
      Sandbox sandbox =
          workplace
              .open(ScriptedAgent.builder().build(), access)
              .create(workplace.sandbox().provider("daytona").build());
      try (HeapWatch heap = new HeapWatch()) {
        Loopback raw = new Loopback(workplace.containers());
        List<Series> up = up(workplace, sandbox, source, raw);
        sandbox.upload(source, INSIDE + "source");
        List<Series> back = back(workplace, sandbox, raw);
        return List.of(
            speed("upload", up),
            speed("download", back),
            Figure.absolute(
                name() + ": heap above idle",
                new Series("MB", List.of(heap.growth())),
                Target.atMost(MOST_HEAP_MEGABYTES)));
      } finally {
        workplace.discardSandboxes();
      }
    }
  }

  private static List<Series> up(Workplace workplace, Sandbox sandbox, Path source, Loopback raw)
      throws IOException, InterruptedException {
    return workplace
        .rounds()
        .inTurn(
            () -> sandbox.exec(Command.of("rm", "-rf", INSIDE + "ours", INSIDE + "raw")),
            round -> () -> sandbox.upload(source, INSIDE + "ours"),
            round -> () -> raw.upload(source, INSIDE + "raw"));
  }

  private static List<Series> back(Workplace workplace, Sandbox sandbox, Loopback raw)
      throws IOException, InterruptedException {
    Path down = workplace.directory().resolve("down");
    return workplace
        .rounds()
        .inTurn(
            () -> Tool.run(workplace.directory(), "rm", "-rf", down.toString()),
            round -> {
              Path to = Files.createDirectories(down.resolve("ours"));
              return () -> sandbox.download(INSIDE + "source", to);
            },
            round -> {
              Path to = Files.createDirectories(down.resolve("raw"));
              return () -> raw.download(INSIDE + "source", to);
            });
  }

  private Figure speed(String direction, List<Series> times) {
    long bytes = (long) FILES * FILE_BYTES;
    return Figure.ratio(
        name() + ": " + direction,
        times.get(0).throughput(bytes),
        times.get(1).throughput(bytes),
        Target.atLeast(LEAST));
  }
}
