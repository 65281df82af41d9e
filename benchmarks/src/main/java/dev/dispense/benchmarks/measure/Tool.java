package dev.dispense.benchmarks.measure;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs programs of this machine, as a person would from a shell. */
public final class Tool {
  private Tool() {}

  /** What a program is fed with. */
  @FunctionalInterface
  public interface Input {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Runs a program and returns what it wrote, without the last line break. */
  public static String run(Path directory, String... argv)
      throws IOException, InterruptedException {
    return run(directory, List.of(argv));
  }

  /** Runs a program and returns what it wrote, without the last line break. */
  public static String run(Path directory, List<String> argv)
      throws IOException, InterruptedException {
    return run(directory, argv, Map.of(), out -> {});
  }

  /** Runs a program whose output goes nowhere. */
  public static void discard(Path directory, List<String> argv)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(argv)
            .directory(directory.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      process.getOutputStream().close();
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException(
            "Tried to run %s but failed: it exited with %d."
                .formatted(String.join(" ", argv), code));
      }
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Runs a program and returns what it wrote, without the last line break. An interrupt kills it.
   *
   * @param environment set on top of this process's own
   * @throws IOException when it does not exit with 0
   */
  public static String run(
      Path directory, List<String> argv, Map<String, String> environment, Input input)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(argv).directory(directory.toFile());
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        input.writeTo(in);
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException(
            "Tried to run %s but failed: it exited with %d and said: %s"
                .formatted(String.join(" ", argv), code, output.strip()));
      }
      return output.stripTrailing();
    } finally {
      process.destroyForcibly();
    }
  }
}
