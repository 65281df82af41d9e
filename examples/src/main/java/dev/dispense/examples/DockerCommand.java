package dev.dispense.examples;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.ExecResult;
import dev.dispense.Streams;
import dev.dispense.TimedOutException;
import dev.dispense.UnavailableException;
import dev.dispense.support.DaemonThread;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;

/** One run of the {@code docker} command, whose streams are copied on threads of their own. */
final class DockerCommand {
  // MARK is in the environment of a command and of all that it starts. A command that begins only
  // after it was killed finds the file, and ends.
  private static final String RUN =
      "[ ! -e /tmp/killed-$MARK ] || exit 137;"
          + " for bin in /dispense/software/*/bin; do PATH=$bin:$PATH; done; exec \"$@\"";
  private static final String KILL =
      ": >/tmp/killed-$1; left=yes; while [ $left = yes ]; do left=no; for p in /proc/[0-9]*; do"
          + " if tr '\\0' '\\n' 2>/dev/null <$p/environ | grep -qx \"MARK=$1\";"
          + " then kill -9 ${p#/proc/} && left=yes; fi; done; done";

  private final Process process;
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();

  private DockerCommand(List<String> arguments, Streams streams) {
    List<String> argv = new ArrayList<>(List.of("docker"));
    argv.addAll(arguments);
    try {
      process = new ProcessBuilder(argv).start();
    } catch (IOException e) {
      throw new UnavailableException("Tried to run 'docker' but failed. Is it installed?", e);
    }
    InputStream stdin = streams.stdin().orElseGet(InputStream::nullInputStream);
    CompletableFuture<Void> unusedInput = copy(() -> feed(stdin, process.getOutputStream()));
    CompletableFuture<Void> unusedOutput =
        CompletableFuture.allOf(
                process.onExit(),
                copy(() -> process.getInputStream().transferTo(streams.stdout())),
                copy(() -> process.getErrorStream().transferTo(streams.stderr())))
            .thenRun(() -> ended.complete(process.exitValue()));
  }

  /** Runs a short command to its end, also when interrupted: half of it would leave something. */
  static ExecResult run(List<String> arguments) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    int exitCode = new DockerCommand(arguments, Streams.of(stdout, stderr)).ended.join();
    return new ExecResult(
        exitCode, stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8));
  }

  /**
   * Runs a short command and returns what it prints.
   *
   * @throws UnavailableException when it fails
   */
  static String output(String... arguments) {
    return output(run(List.of(arguments)));
  }

  /** Returns what a command has printed that was not to fail. */
  static String output(ExecResult result) {
    if (!result.isSuccess()) {
      throw new UnavailableException("The docker command failed: " + result.stderr().strip());
    }
    return result.stdout().strip();
  }

  /** Runs a command in a container; kills it with all that it started when it is cut off. */
  static int exec(String container, Command command, Streams streams) {
    String mark = UUID.randomUUID().toString();
    List<String> exec = new ArrayList<>(List.of("exec", "--env=MARK=" + mark));
    List<String> kill = new ArrayList<>(List.of("exec"));
    command.user().ifPresent(user -> exec.add("--user=" + user));
    command.user().ifPresent(user -> kill.add("--user=" + user));
    command.workingDirectory().ifPresent(directory -> exec.add("--workdir=" + directory));
    command.environment().forEach((name, value) -> exec.add("--env=" + name + "=" + value));
    streams.stdin().ifPresent(stdin -> exec.add("--interactive"));
    exec.addAll(List.of(container, "sh", "-c", RUN, "sh"));
    exec.addAll(command.argv());
    kill.addAll(List.of(container, "sh", "-c", KILL, "sh", mark));
    DockerCommand docker = new DockerCommand(exec, streams);
    try {
      return docker.await(command.timeout());
    } catch (DispenseException e) {
      docker.process.destroyForcibly();
      run(kill);
      throw e;
    }
  }

  /** Returns what {@code exec} writes; reading it fails at the end when the exit code is not 0. */
  static InputStream stream(ToIntFunction<OutputStream> exec) {
    Pipe pipe;
    try {
      pipe = Pipe.open();
    } catch (IOException e) {
      throw new DispenseException("Tried to open a pipe but failed: " + e, e);
    }
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    background(
        () -> {
          try (OutputStream out = Channels.newOutputStream(pipe.sink())) {
            exitCode.complete(exec.applyAsInt(out));
          } catch (IOException | RuntimeException e) {
            exitCode.completeExceptionally(e);
          }
        });
    return new FilterInputStream(Channels.newInputStream(pipe.source())) {
      @Override
      public int read() throws IOException {
        return checked(super.read());
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        return checked(super.read(buffer, offset, length));
      }

      private int checked(int read) throws IOException {
        if (read < 0 && exitCode.join() != 0) {
          throw new IOException("The command in the container failed: " + exitCode.join());
        }
        return read;
      }
    };
  }

  private int await(Optional<Duration> timeout) {
    try {
      return timeout.isPresent()
          ? ended.get(timeout.get().toMillis(), TimeUnit.MILLISECONDS)
          : ended.get();
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("running a command in a container", e);
    } catch (TimeoutException e) {
      throw new TimedOutException("The command was killed after " + timeout.get() + ".", e);
    } catch (ExecutionException e) {
      throw new DispenseException("A stream of the caller failed: " + e.getCause(), e.getCause());
    }
  }

  private CompletableFuture<Void> copy(Copying copying) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    background(
        () -> {
          try {
            copying.run();
            done.complete(null);
          } catch (IOException | RuntimeException e) {
            ended.completeExceptionally(e);
          }
        });
    return done;
  }

  private static void background(Runnable body) {
    DaemonThread.start("docker", body);
  }

  private static void feed(InputStream source, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (int n = source.read(buffer); n >= 0; n = source.read(buffer)) {
      try {
        out.write(buffer, 0, n);
        out.flush();
      } catch (IOException e) {
        return; // The command has ended without reading all, which it may.
      }
    }
    out.close();
  }

  private interface Copying {
    void run() throws IOException;
  }
}
