package dev.dispense.benchmarks.scenario;

import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The start of the command, against an empty program in the same JVM with the same flags. */
public final class CliScenario implements Scenario {
  private static final double MOST_TO_START = 1.5;
  private static final double MOST_TO_LIST = 2;

  @Override
  public String name() {
    return "cli";
  }

  @Override
  public String about() {
    return "dispense version, help and list, against an empty main in the same JVM with the same"
        + " flags";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    Path empty = emptyProgram(workplace.directory());
    List<String> java = new ArrayList<>(flags(workplace));
    java.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-jar", empty.toString()));
    dispense(workplace, "version");
    awaitArchive(cache(workplace));
    List<Series> times =
        workplace
            .rounds()
            .inTurn(
                round -> () -> Tool.run(workplace.directory(), java),
                round -> () -> dispense(workplace, "version"),
                round -> () -> dispense(workplace, "--help"),
                round -> () -> dispense(workplace, "list"));
    Series baseline = times.get(0);
    return List.of(
        Figure.ratio("dispense version", times.get(1), baseline, Target.atMost(MOST_TO_START)),
        Figure.ratio("dispense --help", times.get(2), baseline, Target.atMost(MOST_TO_START)),
        Figure.ratio("dispense list", times.get(3), baseline, Target.atMost(MOST_TO_LIST)));
  }

  private static void dispense(Workplace workplace, String command)
      throws IOException, InterruptedException {
    Tool.run(
        workplace.directory(),
        List.of(workplace.launcher().toString(), command),
        Map.of(
            "DISPENSE_HOME", workplace.state().toString(),
            "XDG_CACHE_HOME", cache(workplace).toString(),
            "JAVA_HOME", System.getProperty("java.home")),
        out -> {});
  }

  /** The first start on a runtime has an archive made in the background for those after it. */
  private static void awaitArchive(Path cache) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!hasArchive(cache)) {
      if (System.nanoTime() > end) {
        throw new IOException("No archive of classes came to be in " + cache);
      }
      Thread.sleep(500);
    }
  }

  private static boolean hasArchive(Path cache) throws IOException {
    if (!Files.isDirectory(cache)) {
      return false;
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(cache)) {
      files = all.map(Path::getFileName).toList();
    } catch (UncheckedIOException e) {
      return false; // It is just being made.
    }
    return files.stream().anyMatch(file -> file.toString().endsWith(".classes"))
        && files.stream().noneMatch(file -> file.toString().endsWith(".new"));
  }

  private static Path cache(Workplace workplace) {
    return workplace.directory().resolve("cache");
  }

  /** Asks the launcher for its flags, by a runtime that only prints its arguments. */
  private static List<String> flags(Workplace workplace) throws IOException, InterruptedException {
    Path runtime = workplace.directory().resolve("runtime");
    Path program = runtime.resolve("bin/java");
    Files.createDirectories(program.getParent());
    Files.copy(Path.of(System.getProperty("java.home"), "release"), runtime.resolve("release"));
    Files.writeString(program, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    String printed =
        Tool.run(
            workplace.directory(),
            List.of(workplace.launcher().toString(), "version"),
            Map.of("JAVA_HOME", runtime.toString()),
            out -> {});
    return printed
        .lines()
        .takeWhile(word -> !word.equals("-jar"))
        // What was prepared for the command is what is measured.
        .filter(word -> !word.contains("Archive") && !word.contains("AOT"))
        .toList();
  }

  private static Path emptyProgram(Path directory) throws IOException, InterruptedException {
    Path classes = Files.createDirectories(directory.resolve("empty"));
    Path jar = directory.resolve("empty.jar");
    Path source = classes.resolve("Empty.java");
    Files.writeString(
        source, "public class Empty { public static void main(String[] arguments) {} }\n");
    Path tools = Path.of(System.getProperty("java.home"), "bin");
    Tool.run(classes, tools.resolve("javac").toString(), source.toString());
    Tool.run(
        classes,
        List.of(
            tools.resolve("jar").toString(),
            "--create",
            "--file=" + jar,
            "--main-class=Empty",
            "Empty.class"));
    return jar;
  }
}
