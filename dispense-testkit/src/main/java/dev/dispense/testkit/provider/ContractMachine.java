package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.ExecResult;
import dev.dispense.NetworkPolicy;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.support.DaemonThread;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** A machine that a contract test works with. */
public record ContractMachine(SandboxProvider provider, Machine machine) {
  /** Longer than any single step takes on a slow machine. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Returns a plain machine, with the user who runs the test. */
  public static MachineSpec spec(SandboxName name, Path ownDirectory) {
    try {
      Map<String, Object> owner = Files.readAttributes(ownDirectory, "unix:uid,gid");
      return MachineSpec.builder(name)
          .labels(Map.of("dev.dispense.name", name.value()))
          .network(NetworkPolicy.OPEN)
          .user((int) owner.getOrDefault("uid", 0), (int) owner.getOrDefault("gid", 0))
          .build();
    } catch (IOException e) {
      throw new AssertionError("This machine does not say who runs the test.", e);
    }
  }

  public String id() {
    return machine.id();
  }

  public SandboxLayout layout() {
    return provider.layout(machine.name());
  }

  /** Returns a path in the workspace. */
  public String path(String relative) {
    return layout().workspace() + "/" + relative;
  }

  /** Runs a command and gathers what it writes. */
  public ExecResult run(Command command) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    int exitCode = provider.exec(id(), command, Streams.of(stdout, stderr));
    return new ExecResult(
        exitCode, stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8));
  }

  /** Runs a shell script, whose {@code $1}, {@code $2} … are {@code arguments}. */
  ExecResult sh(String script, String... arguments) {
    return run(script(script, arguments));
  }

  /** Runs a shell script that must succeed, and returns what it printed. */
  public String output(String script, String... arguments) {
    ExecResult result = sh(script, arguments);
    assertThat(result.exitCode()).as("exit code; stderr: %s", result.stderr()).isZero();
    return result.stdout();
  }

  /** Runs a shell script with an input that must succeed, and returns what it printed. */
  byte[] filter(InputStream stdin, String script) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    int exitCode = provider.exec(id(), script(script), Streams.of(stdin, stdout, stderr));
    assertThat(exitCode).as("exit code; stderr: %s", stderr).isZero();
    return stdout.toByteArray();
  }

  static Command script(String script, String... arguments) {
    String[] argv = new String[4 + arguments.length];
    argv[0] = "sh";
    argv[1] = "-c";
    argv[2] = script;
    argv[3] = "sh";
    System.arraycopy(arguments, 0, argv, 4, arguments.length);
    return Command.of(argv);
  }

  /** Returns whether a file exists. */
  boolean exists(String path) {
    return sh("test -e \"$1\"", path).isSuccess();
  }

  /** Waits until a script has written its process id into a file, and returns it. */
  public String processId(String path) {
    await("the process to write " + path, () -> sh("test -s \"$1\"", path).isSuccess());
    return output("cat \"$1\"", path).strip();
  }

  /** Returns whether a process runs; one that only waits to be reaped does not. */
  public boolean isAlive(String processId) {
    return sh("test -d /proc/$1 && ! grep -q '^State:[[:space:]]*Z' /proc/$1/status", processId)
        .isSuccess();
  }

  /** Waits for a condition, and fails when it does not come true. */
  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long for " + what).isLessThan(end);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted while waiting for " + what, e);
      }
    }
  }

  /** Runs a body on a thread of its own. */
  static <T> FutureTask<T> inBackground(Callable<T> body) {
    FutureTask<T> task = new FutureTask<>(body);
    DaemonThread.start("contract", task);
    return task;
  }

  /** Returns the result of a body that must end in time. */
  static <T> T result(FutureTask<T> task) {
    try {
      return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("did not end in time", e);
    }
  }
}
