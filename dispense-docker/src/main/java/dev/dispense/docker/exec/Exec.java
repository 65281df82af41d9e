package dev.dispense.docker.exec;

import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.exception.DockerException;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.Streams;
import dev.dispense.TimedOutException;
import dev.dispense.docker.engine.Connection;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.engine.EngineFailure;
import dev.dispense.docker.engine.StartErrorFilter;
import dev.dispense.docker.network.LostMounts;
import dev.dispense.support.ShellScript;
import dev.dispense.support.SizeFollower;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command run in a container, on a connection of its own. One thread passes the output on,
 * another one the input; the caller's thread waits for the end, the time-out or an interrupt.
 */
public final class Exec {
  private static final Logger LOG = LoggerFactory.getLogger(Exec.class);
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(2);
  private static final long MAX_POLL_MILLIS = 200;
  private static final int KILL_ATTEMPTS = 3;

  // The engine has no terminal size at creation before API 1.42, and a program may ask at once.
  private static final List<String> WITH_SIZE =
      List.of("sh", "-c", "stty cols \"$1\" rows \"$2\" 2>/dev/null; shift 2; exec \"$@\"", "sh");

  private final Engine engine;
  private final String machineId;
  private final Command command;
  private final Streams streams;
  private final String mark = UUID.randomUUID().toString();
  private final String doing;
  private final boolean killsAtTheEnd;
  private final StartErrorFilter stdout;

  /** Done when all output has been delivered; an exit code when the command could not start. */
  private final CompletableFuture<Optional<Integer>> ended = new CompletableFuture<>();

  private volatile boolean isRefused;

  private Exec(
      Engine engine, String machineId, Command command, Streams streams, boolean killsAtTheEnd) {
    this.engine = engine;
    this.machineId = machineId;
    this.command = command;
    this.streams = streams;
    this.killsAtTheEnd = killsAtTheEnd;
    this.stdout = new StartErrorFilter(streams.stdout());
    this.doing = "run '" + PrintableText.printable(command.argv().get(0), 80) + "' in the sandbox";
  }

  /** Runs a command as {@link dev.dispense.spi.SandboxProvider#exec} says. */
  public static int run(Engine engine, String machineId, Command command, Streams streams) {
    return new Exec(engine, machineId, command, streams, true).run();
  }

  /** Runs a command of our own that ends by itself, and is left alone when it does not. */
  public static int runUnkilled(Engine engine, String machineId, Command command, Streams streams) {
    return new Exec(engine, machineId, command, streams, false).run();
  }

  private int run() {
    long end =
        command
            .timeout()
            .map(timeout -> System.nanoTime() + timeout.toNanos())
            .orElse(Long.MAX_VALUE);
    String id = create();
    try (Connection connection = engine.connect()) {
      engine.fork(() -> startAndPassOutput(connection, id));
      Optional<SizeFollower> size = streams.terminal().map(new TerminalSize(engine, id)::follow);
      try {
        return await(id, end);
      } catch (InterruptedException e) {
        String left = kill(id, connection);
        throw DispenseException.interrupted("trying to " + doing + left, e);
      } catch (TimeoutException e) {
        String left = kill(id, connection);
        throw new TimedOutException(
            "Tried to "
                + doing
                + " but failed because it did not end within "
                + command.timeout().orElse(Duration.ZERO).toMillis()
                + " ms; it was killed"
                + left
                + ".",
            e);
      } catch (ExecutionException e) {
        String left = isRefused ? "" : kill(id, connection);
        throw failure(e, left);
      } finally {
        size.ifPresent(SizeFollower::close);
      }
    } catch (IOException e) {
      throw EngineFailure.translate(doing, engine.endpoint(), e);
    }
  }

  private DispenseException failure(ExecutionException failure, String left) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof DispenseException known) {
      return known;
    }
    return new DispenseException(
        "Tried to "
            + doing
            + " but failed because its input or output was cut off: "
            + PrintableText.printable(String.valueOf(cause.getMessage()), 200)
            + "; it was killed"
            + left
            + ".",
        cause);
  }

  private String create() {
    List<String> environment = new ArrayList<>();
    streams.terminal().ifPresent(terminal -> environment.add("TERM=" + terminal.type()));
    command.environment().forEach((name, value) -> environment.add(name + "=" + value));
    environment.add(ShellScript.MARK + "=" + mark);
    return engine.call(
        doing,
        client -> {
          ExecCreateCmd create =
              client
                  .execCreateCmd(machineId)
                  .withCmd(argv().toArray(String[]::new))
                  .withEnv(environment)
                  .withAttachStdin(streams.stdin().isPresent())
                  .withAttachStdout(true)
                  .withAttachStderr(true)
                  .withTty(streams.terminal().isPresent());
          command.workingDirectory().ifPresent(create::withWorkingDir);
          command.user().ifPresent(create::withUser);
          return create.exec().getId();
        });
  }

  private List<String> argv() {
    if (streams.terminal().isEmpty()) {
      return command.argv();
    }
    Streams.Terminal.Size size = streams.terminal().get().size();
    List<String> argv = new ArrayList<>(WITH_SIZE);
    argv.add(Integer.toString(size.columns()));
    argv.add(Integer.toString(size.rows()));
    argv.addAll(command.argv());
    return argv;
  }

  /** Starts the command; returns an exit code when the engine says that it cannot be started. */
  private Optional<Integer> startOn(Connection connection, String id) throws IOException {
    String options = "{\"Detach\":false,\"Tty\":" + streams.terminal().isPresent() + "}";
    Connection.Head head =
        connection.upgrade(
            engine.path("/exec/" + id + "/start"), options.getBytes(StandardCharsets.UTF_8));
    if (head.status() == 101 || head.status() == 200) {
      return Optional.empty();
    }
    isRefused = true;
    DockerException refusal = connection.refusal(head);
    String complaint = EngineFailure.complaint(refusal);
    if (complaint.contains("OCI")) {
      LostMounts.check(engine, machineId);
      return Optional.of(cannotRun(complaint));
    }
    throw EngineFailure.translate(doing, engine.endpoint(), refusal);
  }

  private void startAndPassOutput(Connection connection, String id) {
    try {
      Optional<Integer> refusal = startOn(connection, id);
      if (refusal.isEmpty()) {
        streams.stdin().ifPresent(stdin -> new InputPump(stdin, connection, this::fail).start());
        passOutput(connection.input());
      }
      ended.complete(refusal);
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  private void passOutput(InputStream output) throws IOException {
    Frames frames = new Frames(output);
    if (streams.terminal().isPresent()) {
      frames.copyRawTo(stdout);
    } else {
      frames.copyTo(stdout, streams.stderr());
    }
  }

  private void fail(Exception cause) {
    ended.completeExceptionally(cause);
  }

  private int await(String id, long end)
      throws InterruptedException, ExecutionException, TimeoutException, IOException {
    Optional<Integer> refusal = ended.get(left(end), TimeUnit.NANOSECONDS);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    InspectExecResponse state = inspect(id);
    // A command can close its outputs and go on; but a network can lose a silent connection too.
    long cut = System.nanoTime() + LAST_OUTPUT.toNanos();
    for (long pause = 2; Boolean.TRUE.equals(state.isRunning()); ) {
      if (left(end) <= 0) {
        throw new TimeoutException();
      }
      if (!engine.endpoint().isLocal() && System.nanoTime() > cut) {
        throw new ExecutionException(new EOFException("the engine, or the network, cut it off"));
      }
      Thread.sleep(Math.min(pause, 1 + TimeUnit.NANOSECONDS.toMillis(left(end))));
      pause = Math.min(pause * 2, MAX_POLL_MILLIS);
      state = inspect(id);
    }
    Long code = state.getExitCodeLong();
    if (code == null) {
      throw new DispenseException(
          "Tried to "
              + doing
              + " but failed because the engine does not know its exit code. Treat"
              + " it as failed.");
    }
    Long pid = state.getPidLong();
    if ((pid == null || pid == 0) && code != 0 && !stdout.text().isEmpty()) {
      LostMounts.check(engine, machineId);
      return cannotRun(stdout.text());
    }
    stdout.release();
    return code.intValue();
  }

  private int cannotRun(String complaint) throws IOException {
    byte[] line = (complaint + "\n").getBytes(StandardCharsets.UTF_8);
    streams.stderr().write(line);
    streams.stderr().flush();
    return StartErrorFilter.exitCode(complaint);
  }

  private InspectExecResponse inspect(String id) {
    return engine.settle(doing, client -> client.inspectExecCmd(id).exec());
  }

  /** Kills what the command started; returns what a message must add about the outcome. */
  private String kill(String id, Connection connection) {
    if (!killsAtTheEnd) {
      return "";
    }
    Future<?> release = engine.submit(() -> awaitLastOutput(connection));
    boolean killed = false;
    for (int i = 0; i < KILL_ATTEMPTS && !killed; i++) {
      // The engine may be about to start it while it is looked for.
      killed = ProcessTree.kill(engine, machineId, mark, command.user()) && !isRunning(id);
    }
    try {
      release.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      LOG.debug("The last output of a killed command was lost", e);
    }
    return killed ? "" : ProcessTree.NOT_KILLED;
  }

  /**
   * Passes the last output on while the command is being killed, but not for long: the engine
   * finishes no other command of the container while output of one that has ended is not read.
   */
  private void awaitLastOutput(Connection connection) {
    try {
      ended.get(LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("The last output of a killed command was lost", e);
    }
    try {
      connection.close();
    } catch (IOException e) {
      LOG.debug("A connection to the engine could not be closed", e);
    }
  }

  private boolean isRunning(String id) {
    try {
      return Boolean.TRUE.equals(inspect(id).isRunning());
    } catch (NotFoundException e) {
      return false;
    }
  }

  private static long left(long end) {
    return end == Long.MAX_VALUE ? Long.MAX_VALUE : end - System.nanoTime();
  }
}
