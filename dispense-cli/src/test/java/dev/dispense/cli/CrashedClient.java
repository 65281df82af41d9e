package dev.dispense.cli;

import dev.dispense.Dispense;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A client in a process of its own, which is killed (SIGKILL) behind a step. */
final class CrashedClient {
  private static final int KILLED = 128 + 9;

  private CrashedClient() {}

  /** Returns the steps of an operation, in the order in which they are done, each once. */
  static List<String> record(CrashScene scene, CrashedOperation operation) throws IOException {
    CommandLine.Outcome outcome = run(scene, operation, "");
    outcome.succeeds();
    return Files.readAllLines(file(scene)).stream().distinct().toList();
  }

  /** Performs an operation and is killed behind the step of that name. */
  static void crash(CrashScene scene, CrashedOperation operation, String step) {
    CommandLine.Outcome outcome = run(scene, operation, step);
    if (outcome.exitCode() != KILLED) {
      throw new AssertionError("It was not killed behind '" + step + "': " + outcome);
    }
  }

  private static CommandLine.Outcome run(
      CrashScene scene, CrashedOperation operation, String step) {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    argv.add("-Djava.io.tmpdir=" + scene.temporary());
    argv.addAll(List.of("-cp", System.getProperty("java.class.path")));
    argv.add(CrashedClient.class.getName());
    argv.addAll(List.of(scene.root().toString(), scene.provider(), scene.name()));
    argv.addAll(List.of(operation.name(), step));
    return new CommandLine(scene.root(), scene.environment()).run(argv);
  }

  private static Path file(CrashScene scene) {
    return scene.root().resolve("steps");
  }

  /** Its arguments are those of {@link #run}. */
  public static void main(String[] arguments) {
    CrashScene scene = new CrashScene(Path.of(arguments[0]), arguments[1], arguments[2]);
    try (Dispense dispense = scene.open(step -> done(scene, step, arguments[4]))) {
      CrashedOperation.valueOf(arguments[3]).perform(dispense, scene);
    }
  }

  private static synchronized void done(CrashScene scene, String step, String last) {
    if (step.equals(last)) {
      kill();
    }
    try {
      Files.writeString(
          file(scene), step + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Java's own ways to end would run what a killed process does not. */
  private static void kill() {
    try {
      new ProcessBuilder("kill", "-KILL", String.valueOf(ProcessHandle.current().pid()))
          .start()
          .waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
