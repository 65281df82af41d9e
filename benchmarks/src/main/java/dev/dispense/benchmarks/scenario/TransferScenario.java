package dev.dispense.benchmarks.scenario;

import dev.dispense.Command;
import dev.dispense.Sandbox;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.HeapWatch;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * A directory into a sandbox and out of it, against {@code tar} through {@code docker exec}.
 *
 * @param name the name of the scenario
 * @param files how many files the directory has, a hundred to a directory
 * @param fileBytes the size of each
 */
public record TransferScenario(String name, int files, long fileBytes) implements Scenario {
  public static final TransferScenario SMALL_FILES =
      new TransferScenario("small-files", 50_000, 2_000);
  public static final TransferScenario LARGE_FILE = new TransferScenario("large-file", 1, 2L << 30);

  private static final double LEAST = 0.9;
  private static final double MOST_HEAP_MEGABYTES = 64;
  private static final int BLOCK = 1 << 20;
  private static final String INSIDE = "/workspace/";

  @Override
  public String about() {
    return "%,d files of %,d bytes up and down, against tar through docker exec"
        .formatted(files, fileBytes);
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    Path source = workplace.directory().resolve("source");
    fill(source);
    Sandbox sandbox =
        workplace.open(ScriptedAgent.builder().build()).create(workplace.sandbox().build());
    Raw raw = new Raw(workplace.directory(), sandbox.info().id().orElseThrow());
    Path down = workplace.directory().resolve("down");
    try (HeapWatch heap = new HeapWatch()) {
      List<Series> up =
          workplace
              .rounds()
              .inTurn(
                  () -> sandbox.exec(Command.of("rm", "-rf", INSIDE + "ours", INSIDE + "raw")),
                  round -> () -> sandbox.upload(source, INSIDE + "ours"),
                  round -> () -> raw.upload(source, INSIDE + "raw"));
      sandbox.upload(source, INSIDE + "source");
      List<Series> back =
          workplace
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
      return List.of(
          speed("upload", up),
          speed("download", back),
          Figure.absolute(
              name + ": heap above idle",
              new Series("MB", List.of(heap.growth())),
              Target.atMost(MOST_HEAP_MEGABYTES)));
    }
  }

  private Figure speed(String direction, List<Series> times) {
    long bytes = files * fileBytes;
    return Figure.ratio(
        name + ": " + direction,
        times.get(0).throughput(bytes),
        times.get(1).throughput(bytes),
        Target.atLeast(LEAST));
  }

  private void fill(Path directory) throws IOException, InterruptedException {
    byte[] block = new byte[(int) Math.min(BLOCK, fileBytes)];
    new Random(files).nextBytes(block);
    for (int file = 0; file < files; file++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while files were made");
      }
      Path path = directory.resolve("directory" + file / 100).resolve("file" + file);
      Files.createDirectories(path.getParent());
      try (OutputStream out = Files.newOutputStream(path)) {
        for (long written = 0; written < fileBytes; written += block.length) {
          out.write(block);
        }
      }
    }
  }

  /** The same with tar. */
  private record Raw(Path directory, String container) {
    void upload(Path from, String to) throws IOException, InterruptedException {
      shell(
          "tar -C \"$1\" -cf - . | docker exec -i \"$2\" sh -c 'mkdir -p \"$1\" && exec tar -C"
              + " \"$1\" -xf -' sh \"$3\"",
          from.toString(),
          to);
    }

    void download(String from, Path to) throws IOException, InterruptedException {
      shell("docker exec \"$2\" tar -C \"$3\" -cf - . | tar -C \"$1\" -xf -", to.toString(), from);
    }

    private void shell(String script, String host, String inside)
        throws IOException, InterruptedException {
      Tool.run(directory, "sh", "-c", script, "sh", host, container, inside);
    }
  }
}
