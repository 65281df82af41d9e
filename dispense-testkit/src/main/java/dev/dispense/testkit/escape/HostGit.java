package dev.dispense.testkit.escape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.ExecResult;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The git of this machine, as its user types it, and other programs in the same place.
 *
 * @param directory where it runs
 * @param environment all variables that it sees
 */
record HostGit(Path directory, Map<String, String> environment) {
  HostGit in(Path other) {
    return new HostGit(other, environment);
  }

  /** Runs a command that must succeed, and returns what it printed. */
  String run(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("git"));
    argv.addAll(List.of(arguments));
    return succeed(argv);
  }

  /** Runs a program that must succeed, and returns what it printed. */
  String succeed(List<String> argv) {
    ExecResult result = start(argv);
    assertThat(result.exitCode()).as("%s: %s", argv, result.stdout()).isZero();
    return result.stdout();
  }

  /** Runs a program; its error output is part of its output. */
  ExecResult start(List<String> argv) {
    try {
      ProcessBuilder builder = new ProcessBuilder(argv).directory(directory.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      Process process =
          builder.redirectErrorStream(true).redirectInput(new File("/dev/null")).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new ExecResult(process.waitFor(), output, "");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
