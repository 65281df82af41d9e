package dev.dispense.daytona.exec;

import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.sandbox.CompletedCommands;
import dev.dispense.daytona.sandbox.LaunchScript;
import dev.dispense.daytona.sandbox.Toolbox;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import okio.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of one command in a sandbox: starts it, asks for what it has written since, and
 * kills it. Each question is asked again until it is answered in full, from where the last answer
 * ended; so no output is lost, and none comes twice. For one thread at a time, but for {@link
 * #stop()}.
 */
final class RunnerSession {
  private static final Logger LOG = LoggerFactory.getLogger(RunnerSession.class);

  private static final String NOT_KILLED =
      ", but some of its processes may still run: stop or delete the sandbox to be sure";

  private static final int WAIT_SECONDS = 15;
  private static final int ATTEMPTS = 4;

  /** How a shell ends that finds no such program: POSIX, "Exit Status for Commands". */
  private static final int NO_SUCH_PROGRAM = 127;

  /** The most that is sent with a call: shells and what is before them have limits. */
  private static final int MOST_INLINE = 32 << 10;

  private final Toolbox toolbox;
  private final CompletedCommands finished;
  private final String machineId;
  private final String doing;
  private final Runner runner = new Runner(UUID.randomUUID().toString());
  private Offsets positions = Offsets.START;

  /**
   * @param finished the commands whose files can be removed by who starts the next one
   * @param doing what is tried, as it follows "Tried to"
   */
  RunnerSession(Toolbox toolbox, CompletedCommands finished, String machineId, String doing) {
    this.toolbox = toolbox;
    this.finished = finished;
    this.machineId = machineId;
    this.doing = doing;
  }

  Runner runner() {
    return runner;
  }

  /**
   * Starts the command.
   *
   * @param script see {@link LaunchScript}
   * @param user see {@link LaunchScript#user}
   * @param stdin all of the input, with {@link Runner.Input#FILE}
   * @param output how the output is received
   * @return what it has done in the first seconds, at once when its input is still to come
   */
  RunnerReply start(
      String script, String user, Runner.Input input, ByteString stdin, Runner.Output output) {
    String file = "";
    if (script.length() > MOST_INLINE) {
      file = Runner.DIRECTORY + "/" + runner.id() + ".script";
      String path = file;
      toolbox.upload(machineId, doing, attempt -> Map.of(path, ByteString.encodeUtf8(script)));
    }
    Runner.Start start = new Runner.Start(script, file, user, input, output, stdin);
    int wait = input == Runner.Input.PIECES ? 0 : WAIT_SECONDS;
    List<String> over = finished.take(machineId);
    return ask(runner.start(start, wait, over));
  }

  /** Waits for more, some seconds at the most. */
  RunnerReply next() {
    return ask(runner.poll(positions, WAIT_SECONDS));
  }

  /** Fetches the next part of the output, one that an answer has told of. */
  ByteString fetch(int size) {
    String path = runner.output(positions.out().segment());
    ByteString bytes = toolbox.download(machineId, doing, path);
    if (bytes.size() != size) {
      throw new DispenseException(
          "Tried to "
              + doing
              + " but failed because the sandbox sent "
              + bytes.size()
              + " bytes instead of "
              + size
              + ".");
    }
    positions = positions.afterSegment();
    return bytes;
  }

  private RunnerReply ask(String call) {
    String said = "";
    int code = 0;
    for (int i = 0; i < ATTEMPTS; i++) {
      Toolbox.Output output = toolbox.execute(machineId, doing, call);
      said = output.text();
      Optional<RunnerReply> answer = RunnerReply.read(said, positions);
      if (answer.isPresent()) {
        return checked(answer.get());
      }
      code = output.exitCode();
      if (code == NO_SUCH_PROGRAM) {
        throw new UnavailableException(
            failure("a program is missing in the sandbox: " + PrintableText.printable(said, 300)));
      }
    }
    // What the service answers when it cannot start a shell: v0.190.0, process/execute.
    if (code < 0 && said.isBlank()) {
      throw new UnavailableException(
          failure("the shell that should run it is missing in the sandbox, or is killed at once"));
    }
    throw new DispenseException(
        failure(
            "the sandbox gave no answer that makes sense: " + PrintableText.printable(said, 300)));
  }

  private String failure(String reason) {
    return "Tried to "
        + doing
        + " but failed because "
        + reason
        + ". It needs a POSIX shell, coreutils or busybox, and room in /tmp.";
  }

  private RunnerReply checked(RunnerReply answer) {
    switch (answer.state()) {
      case FAILED ->
          throw new UnavailableException(
              "Tried to "
                  + doing
                  + " but failed because its files could not be written in the sandbox: "
                  + PrintableText.printable(answer.reason(), 300)
                  + ".");
      case PROGRAMS_MISSING ->
          throw new UnavailableException(
              failure(
                  "programs are missing in the sandbox: "
                      + PrintableText.printable(answer.reason(), 300)));
      case OTHER_USER ->
          throw new RefusedException(
              "Refused to "
                  + doing
                  + " as another user, which this provider cannot do. Use sudo in the command,"
                  + " where the sandbox has it.");
      case GONE, LOST ->
          throw new DispenseException(
              "Tried to "
                  + doing
                  + " but failed because its end is not known: it was killed together with what"
                  + " watched it, or the sandbox was started anew. Treat it as failed.");
      case DISK_FULL -> {
        String left = stop();
        throw new DispenseException(
            "Tried to "
                + doing
                + " but failed because the disk of the sandbox is full, and so its output was lost;"
                + " it was killed"
                + left
                + ". Make room in the sandbox.");
      }
      case FINE -> {}
    }
    positions = answer.positions();
    return answer;
  }

  /** Says that the end of the command is known, and nothing more will be written for it. */
  void close() {
    finished.add(machineId, runner.id());
  }

  /**
   * Kills the command with all that it started, also when this thread was interrupted.
   *
   * @return what a message must add about the outcome
   */
  String stop() {
    return stop(toolbox, machineId, runner);
  }

  /** Kills what a runner has started. */
  static String stop(Toolbox toolbox, String machineId, Runner runner) {
    boolean interrupted = Thread.interrupted();
    try {
      Toolbox.Output output =
          toolbox.impatient().execute(machineId, "kill a command in the sandbox", runner.kill());
      return output.exitCode() == 0 ? "" : NOT_KILLED;
    } catch (NotFoundException e) {
      return "";
    } catch (DispenseException e) {
      LOG.warn("Could not kill a command in the sandbox {}", machineId, e);
      return NOT_KILLED;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
