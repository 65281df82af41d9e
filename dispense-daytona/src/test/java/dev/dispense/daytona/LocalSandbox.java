package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.ExecResult;
import dev.dispense.Secret;
import dev.dispense.Streams;
import dev.dispense.daytona.access.Access;
import dev.dispense.daytona.access.ServerAddress;
import dev.dispense.daytona.exec.Exec;
import dev.dispense.daytona.http.Http;
import dev.dispense.daytona.http.RetryingCalls;
import dev.dispense.daytona.http.Sleeper;
import dev.dispense.daytona.sandbox.CompletedCommands;
import dev.dispense.daytona.sandbox.Sandboxes;
import dev.dispense.daytona.sandbox.Toolbox;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A client and a {@link LocalToolbox} that it speaks with over a real connection. */
public final class LocalSandbox implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory;
  private final LocalToolbox local;
  private final TestService service;
  private final Http http;
  private final Toolbox toolbox;
  private final CompletedCommands finished = new CompletedCommands();

  public LocalSandbox(Path directory, String... shell) {
    this.directory = directory;
    local = new LocalToolbox(directory, shell);
    service = new TestService(local);
    local.at(service.url("/toolbox"));
    ServerAddress address = ServerAddress.of(service.url("/api"), "the test");
    Access access =
        new Access(address, Secret.of("key"), Optional.empty(), Optional.empty(), "the test");
    http = new Http(TestHost.at(directory, Map.of()), access);
    Sleeper quick = duration -> Thread.sleep(1);
    toolbox = new Toolbox(new Sandboxes(new RetryingCalls(http, quick)), PATIENCE);
  }

  public TestService service() {
    return service;
  }

  public void become(String state) {
    local.become(state);
  }

  public int exec(Command command, Streams streams) {
    return Exec.run(toolbox, finished, LocalToolbox.ID, command, streams);
  }

  public ExecResult run(String script) {
    return run(ShellCommand.of(script));
  }

  public ExecResult run(Command command) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    int code = exec(command, Streams.of(stdout, stderr));
    return new ExecResult(
        code, stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8));
  }

  public byte[] filter(byte[] input, String script) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    int code =
        exec(
            ShellCommand.of(script),
            Streams.of(new ByteArrayInputStream(input), stdout, OutputStream.nullOutputStream()));
    assertThat(code).isZero();
    return stdout.toByteArray();
  }

  /** Returns how many calls ran a program. */
  public long executions() {
    return service.calls().stream().filter(call -> call.endsWith("/process/execute")).count();
  }

  /** Returns of how many commands something is kept. */
  public long commandsKept() {
    try (Stream<Path> kept = Files.list(directory.resolve("exec"))) {
      return kept.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void awaitCommandsKept(long count) {
    await(() -> commandsKept() == count);
  }

  public void awaitFile(Path file) {
    await(() -> Files.exists(file));
  }

  /** Waits until the only command that something is kept of has closed both of its outputs. */
  public void awaitEndOfOutput() {
    await(() -> kept("o.end") + kept("e.end") == 2);
  }

  private long kept(String name) {
    try (Stream<Path> kept = Files.walk(directory.resolve("exec"))) {
      return kept.filter(path -> path.endsWith(name)).count();
    } catch (IOException | UncheckedIOException e) {
      return 0; // It is being written.
    }
  }

  /** Returns how many bytes of output are kept. */
  public long bytesKept() {
    try (Stream<Path> kept = Files.walk(directory.resolve("exec"))) {
      return kept.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns whether the process lives whose id a file holds; one that waits to be reaped does not.
   */
  public boolean isAlive(Path file) {
    try {
      Path process = Path.of("/proc", Files.readString(file).strip(), "stat");
      return Files.exists(process) && !Files.readString(process).matches("(?s).*\\) Z .*");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() {
    http.close();
    service.close();
  }
}
