package dev.dispense.testkit.unisolated;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.Streams;
import dev.dispense.TimedOutException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One command that runs as a process of this machine, in the directories of a sandbox. */
final class UnisolatedExec {
  /** Names the machine to which a process belongs, in its environment. */
  static final String MACHINE_VARIABLE = "DISPENSE_UNISOLATED_MACHINE";

  private static final String EXEC_VARIABLE = "DISPENSE_UNISOLATED_EXEC";
  private static final int CANNOT_RUN = 126;
  private static final int NOT_THERE = 127;
  // How long output may be silent after the end of the command while a daemon that it started
  // holds the pipe open.
  private static final Duration SILENCE = Duration.ofMillis(500);

  private final Command command;
  private final Streams streams;
  private final Path directory;
  private final Map<String, String> environment;
  private final ProcessTree tree;
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<StreamPump> pumps = new ArrayList<>();

  /**
   * Prepares a command.
   *
   * @param environment all variables that it sees
   */
  UnisolatedExec(
      Command command, Streams streams, Path directory, Map<String, String> environment) {
    String id = UUID.randomUUID().toString();
    this.command = command;
    this.streams = streams;
    this.directory = directory;
    this.environment = environment;
    environment.put(EXEC_VARIABLE, id);
    this.tree = new ProcessTree(EXEC_VARIABLE, id);
  }

  /**
   * Runs the command to its end.
   *
   * @param mayRun asked once the process exists; when not, it is killed
   */
  int run(Runnable mayRun) {
    Optional<Path> program = program();
    if (program.isEmpty()) {
      return cannotRun(NOT_THERE, "not found");
    }
    if (!Files.isExecutable(program.get()) || Files.isDirectory(program.get())) {
      return cannotRun(CANNOT_RUN, "cannot be run");
    }
    Process process;
    try {
      process = start(program.get());
    } catch (IOException e) {
      // The interpreter of a script is missing: a shell says 127 then, too.
      boolean missing = String.valueOf(e.getMessage()).contains("error=2,");
      return cannotRun(missing ? NOT_THERE : CANNOT_RUN, "cannot be run");
    }
    boolean ended = false;
    try {
      mayRun.run();
      int exitCode = await(process);
      ended = true;
      return exitCode;
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("running " + name(), e);
    } finally {
      pumps.forEach(StreamPump::cut);
      if (!ended) {
        killAll();
      }
    }
  }

  private int await(Process process) throws InterruptedException {
    CompletableFuture<Void> unused = process.onExit().thenRun(over::countDown);
    pumps.add(
        StreamPump.output("stdout", process.getInputStream(), streams.stdout(), over::countDown));
    pumps.add(
        StreamPump.output("stderr", process.getErrorStream(), streams.stderr(), over::countDown));
    streams
        .stdin()
        .ifPresent(
            in -> pumps.add(StreamPump.input(in, process.getOutputStream(), over::countDown)));
    if (command.timeout().isEmpty()) {
      over.await();
    } else if (!over.await(command.timeout().get().toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimedOutException(
          "Killed " + name() + ", as it had not ended after " + command.timeout().get() + ".");
    }
    throwFailure();
    pumps.get(0).finish(SILENCE);
    pumps.get(1).finish(SILENCE);
    throwFailure();
    return process.waitFor();
  }

  private void throwFailure() {
    for (StreamPump pump : pumps) {
      @Nullable Throwable failure = pump.failure();
      if (failure != null) {
        throw new DispenseException(
            "Killed " + name() + ", as a stream of the caller failed: " + failure, failure);
      }
    }
  }

  /** Kills with the interrupt flag down, as waiting would be cut short otherwise. */
  private void killAll() {
    boolean interrupted = Thread.interrupted();
    try {
      tree.kill();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Process start(Path program) throws IOException {
    List<String> argv = new ArrayList<>(command.argv());
    argv.set(0, program.toString());
    ProcessBuilder builder = new ProcessBuilder(argv).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    if (streams.stdin().isEmpty()) {
      builder.redirectInput(new File("/dev/null"));
    }
    return builder.start();
  }

  /** Finds the program as execvp(3) does, but on the sandbox's own {@code PATH}. */
  private Optional<Path> program() {
    String name = command.argv().get(0);
    if (name.indexOf('/') >= 0) {
      return Optional.of(directory.resolve(name)).filter(Files::exists);
    }
    Optional<Path> found = Optional.empty();
    for (String entry : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path candidate = directory.resolve(entry).resolve(name);
      if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
        return Optional.of(candidate);
      }
      if (Files.exists(candidate)) {
        found = Optional.of(candidate);
      }
    }
    return found;
  }

  private int cannotRun(int exitCode, String why) {
    String line = command.argv().get(0) + ": " + why + "\n";
    try {
      OutputStream stderr = streams.stderr();
      stderr.write(line.getBytes(StandardCharsets.UTF_8));
      stderr.flush();
    } catch (IOException e) {
      throw new DispenseException("A stream of the caller failed: " + e, e);
    }
    return exitCode;
  }

  private String name() {
    return "'" + command.argv().get(0) + "'";
  }
}
