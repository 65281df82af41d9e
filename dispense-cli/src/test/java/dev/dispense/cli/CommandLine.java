package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;

/** Runs programs as a user at a prompt does, the built {@code dispense} above all. */
final class CommandLine {
  static final Path LAUNCHER = Path.of("target/dispense/bin/dispense").toAbsolutePath();
  private static final long LIMIT_SECONDS = 600;

  private final Path directory;
  private final Map<String, String> environment;

  /** What a program wrote and how it ended. */
  record Outcome(int exitCode, String stdout, String stderr) {
    Outcome succeeds() {
      assertThat(exitCode).as("%s%s", stdout, stderr).isZero();
      return this;
    }
  }

  /**
   * @param environment variables on top of those of this process, without those that would tell
   *     Dispense or an agent something that the test did not say
   */
  CommandLine(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = new TreeMap<>(environment);
  }

  /**
   * Makes a repository of one empty commit below {@code root}, and returns what runs in it, with a
   * state directory and settings of its own.
   */
  static CommandLine inRepository(Path root) throws IOException {
    CommandLine user =
        new CommandLine(
            Files.createDirectories(root.resolve("repository")),
            Map.of(
                "DISPENSE_HOME",
                root.resolve("state").toString(),
                "XDG_CONFIG_HOME",
                root.resolve("config").toString()));
    user.git("init", "--quiet", "--initial-branch=main").succeeds();
    user.git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "B", "--allow-empty")
        .succeeds();
    return user;
  }

  CommandLine with(String variable, String value) {
    Map<String, String> more = new TreeMap<>(environment);
    more.put(variable, value);
    return new CommandLine(directory, more);
  }

  CommandLine in(Path other) {
    return new CommandLine(other, environment);
  }

  Outcome dispense(String... arguments) {
    return run(command(arguments));
  }

  /**
   * Runs the command as a user who owns nothing, which only root can.
   *
   * @param home becomes a directory that everybody can use, and is where the command runs
   */
  Outcome dispenseAsNobody(Path home, String... arguments) throws IOException {
    boolean isRoot = "0\n".equals(run(List.of("id", "-u")).stdout());
    Assumptions.assumeTrue(isRoot, "Only root can be somebody else.");
    List<String> nobody =
        List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--");
    Outcome probe = run(concat(nobody, List.of("true")));
    Assumptions.assumeTrue(
        probe.exitCode() == 0, "Nobody but root can run programs here: " + probe.stderr());
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    return in(home).with("HOME", home.toString()).run(concat(nobody, command(arguments)));
  }

  private static List<String> concat(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  Outcome git(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("git"));
    argv.addAll(List.of(arguments));
    return run(argv);
  }

  private static List<String> command(String... arguments) {
    List<String> argv = new ArrayList<>(List.of(LAUNCHER.toString()));
    argv.addAll(List.of(arguments));
    return argv;
  }

  Outcome run(List<String> argv) {
    Path stdout = temporary();
    Path stderr = temporary();
    try {
      Process process = builder(argv, stdout, stderr).start();
      process.getOutputStream().close();
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("%s ends", argv).isTrue();
      return new Outcome(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      delete(stdout);
      delete(stderr);
    }
  }

  /** Starts the command and leaves it alone. */
  Process start(Path output, String... arguments) {
    return start(command(arguments), output);
  }

  /** Starts a program and leaves it alone. */
  Process start(List<String> argv, Path output) {
    try {
      return builder(argv, output, output).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Something that becomes true by what a program does. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  /**
   * Waits until a program that was started has written something. Fails at once when it has ended
   * without, with what it said instead.
   */
  static void awaitText(Process program, Path output, String text) throws IOException {
    await(program, output, () -> Files.readString(output).contains(text));
  }

  /** Waits for what a program does; fails at once when it has ended without, with its output. */
  static void await(Process program, Path output, Condition condition) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    for (boolean ended = false; !condition.holds(); ) {
      assertThat(ended).as(() -> "the program ended: " + text(output)).isFalse();
      assertThat(System.nanoTime()).as(() -> text(output)).isLessThan(end);
      ended = !program.isAlive();
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static String text(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder builder(List<String> argv, Path stdout, Path stderr) {
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .directory(directory.toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(stdout.toFile()))
            .redirectError(ProcessBuilder.Redirect.appendTo(stderr.toFile()));
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.startsWith("ANTHROPIC_")
                    || name.startsWith("CLAUDE_")
                    || name.startsWith("GIT_AUTHOR")
                    || name.equals("DISPENSE_HOME"));
    builder.environment().putAll(environment);
    return builder;
  }

  private static Path temporary() {
    try {
      return Files.createTempFile("dispense-test", ".out");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
