package dev.dispense.daytona.exec;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.Streams;
import dev.dispense.TimedOutException;
import dev.dispense.daytona.sandbox.CompletedCommands;
import dev.dispense.daytona.sandbox.LaunchScript;
import dev.dispense.daytona.sandbox.Toolbox;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import okio.ByteString;

/**
 * One command run in a sandbox. A thread asks for its output and writes it to the caller's streams;
 * the caller's own thread waits for the end, the time-out or an interrupt.
 */
public final class Exec {
  /** An input of this many bytes goes with the start of the command. */
  private static final int SHORT_INPUT = 32 << 10;

  private static final long INPUT_PATIENCE_MILLIS = 15;

  private final Toolbox toolbox;
  private final String machineId;
  private final Command command;
  private final Streams streams;
  private final String doing;
  private final RunnerSession conversation;
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();

  private Exec(
      Toolbox toolbox,
      CompletedCommands finished,
      String machineId,
      Command command,
      Streams streams) {
    this.toolbox = toolbox;
    this.machineId = machineId;
    this.command = command;
    this.streams = streams;
    this.doing = "run '" + PrintableText.printable(command.argv().get(0), 80) + "' in the sandbox";
    this.conversation = new RunnerSession(toolbox, finished, machineId, doing);
  }

  /** Runs a command as {@link dev.dispense.spi.SandboxProvider#exec} says, without a terminal. */
  public static int run(
      Toolbox toolbox,
      CompletedCommands finished,
      String machineId,
      Command command,
      Streams streams) {
    return new Exec(toolbox, finished, machineId, command, streams).run();
  }

  private int run() {
    Thread worker = DaemonThread.start("dispense-daytona-exec", this::converse);
    try {
      return await(ended, command.timeout());
    } catch (InterruptedException e) {
      String left = stop(worker);
      throw DispenseException.interrupted("trying to " + doing + left, e);
    } catch (TimeoutException e) {
      String left = stop(worker);
      throw timedOut(doing, command, left, e);
    } catch (ExecutionException e) {
      throw failure(doing, e, cause -> stop(worker));
    }
  }

  /** Waits for the end of a command for as long as it may take. */
  static int await(CompletableFuture<Integer> ended, Optional<Duration> limit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return limit.isPresent() ? ended.get(limit.get().toNanos(), TimeUnit.NANOSECONDS) : ended.get();
  }

  /** Returns the exception for a command whose time was up. */
  static TimedOutException timedOut(
      String doing, Command command, String left, TimeoutException cause) {
    return new TimedOutException(
        "Tried to "
            + doing
            + " but failed because it did not end within "
            + command.timeout().orElse(Duration.ZERO).toMillis()
            + " ms; it was killed"
            + left
            + ".",
        cause);
  }

  /**
   * Returns the exception for a command that was cut off.
   *
   * @param stopping kills it, and returns what a message must add about the outcome
   */
  static DispenseException failure(
      String doing, ExecutionException failure, Function<Throwable, String> stopping) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof DispenseException known) {
      return known;
    }
    String left = stopping.apply(cause);
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

  private void converse() {
    Optional<StdinReader> intake = streams.stdin().map(StdinReader::new);
    Optional<StdinUploader> feed = Optional.empty();
    try {
      intake.ifPresent(StdinReader::start);
      boolean isShort =
          intake.isEmpty() || intake.get().isShort(SHORT_INPUT, INPUT_PATIENCE_MILLIS);
      ByteString stdin =
          intake.isPresent() && isShort ? intake.get().take().bytes() : ByteString.EMPTY;
      Runner.Input input =
          intake.isEmpty() || (isShort && stdin.size() == 0)
              ? Runner.Input.NONE
              : isShort ? Runner.Input.FILE : Runner.Input.PIECES;
      String user = LaunchScript.user(command.user());
      RunnerReply answer =
          conversation.start(LaunchScript.of(command), user, input, stdin, Runner.Output.TOLD);
      if (input == Runner.Input.PIECES) {
        feed =
            Optional.of(
                new StdinUploader(
                    toolbox,
                    machineId,
                    conversation.runner(),
                    intake.orElseThrow(),
                    ended::completeExceptionally));
        Thread unused = feed.get().start();
      }
      OptionalInt exitCode = follow(answer, feed);
      if (exitCode.isPresent()) {
        end(exitCode.getAsInt(), feed);
      }
    } catch (InterruptedException | IOException | RuntimeException | Error e) {
      ended.completeExceptionally(e);
    } finally {
      feed.ifPresent(StdinUploader::close);
      intake.ifPresent(StdinReader::close);
    }
  }

  private void end(int exitCode, Optional<StdinUploader> feed) throws InterruptedException {
    if (feed.isEmpty()) {
      conversation.close();
      ended.complete(exitCode);
      return;
    }
    ended.complete(exitCode);
    feed.get().close();
    // A piece that comes late would make the directory of the command anew.
    if (feed.get().isQuiet()) {
      conversation.close();
    }
  }

  /** Passes the output on; returns how the command ended, or nothing when it was given up. */
  private OptionalInt follow(RunnerReply first, Optional<StdinUploader> feed) throws IOException {
    RunnerReply answer = first;
    while (true) {
      write(answer.out(), streams.stdout());
      write(answer.err(), streams.stderr());
      if (answer.exitCode().isPresent()) {
        return answer.exitCode();
      }
      String consumed = answer.positions().consumed();
      feed.ifPresent(it -> it.told(consumed));
      if (ended.isDone()) {
        return OptionalInt.empty();
      }
      answer = conversation.next();
    }
  }

  private static void write(ByteString bytes, OutputStream sink) throws IOException {
    if (bytes.size() > 0) {
      bytes.write(sink);
      sink.flush();
    }
  }

  private String stop(Thread worker) {
    worker.interrupt();
    return conversation.stop();
  }
}
