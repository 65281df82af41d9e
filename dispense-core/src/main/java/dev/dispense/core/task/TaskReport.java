package dev.dispense.core.task;

import dev.dispense.PrintableText;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.spi.Agent;
import dev.dispense.spi.TaskTag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the supervisor says of one task, before its agent has judged it.
 *
 * @param phase the word for what happened: {@code pending}, {@code running}, {@code lost}, or how
 *     it ended: {@code exited}, {@code grace}, {@code timeout}, {@code cancelled}
 * @param exitCode of the agent's process, once it has ended
 * @param lastWord the line of output that has the agent's end markers; may be empty
 * @param lastLines the last lines of its output, where it has no such markers
 * @param pass what it is known by at the gateway, as far as the sandbox is to be believed
 * @param errorOutput the end of the agent's standard error
 */
public record TaskReport(
    int id,
    String agent,
    String title,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> finished,
    String phase,
    OptionalInt exitCode,
    String lastWord,
    List<String> lastLines,
    Optional<TaskTag> pass,
    String errorOutput) {

  /** Copies the lines. */
  public TaskReport {
    lastLines = List.copyOf(lastLines);
  }

  /** Reads the blocks of lines that {@code supervisor status} prints; see {@code describe}. */
  public static List<TaskReport> parse(String text) {
    Reader reader = new Reader();
    text.lines().forEach(reader::read);
    return reader.reports();
  }

  /** Reads such lines one by one, as the reports of many tasks can be long. */
  static final class Reader {
    private final List<TaskReport> reports = new ArrayList<>();
    private @Nullable Builder builder;

    void read(String line) {
      int space = line.indexOf(' ');
      String key = space < 0 ? line : line.substring(0, space);
      String value = space < 0 ? "" : line.substring(space + 1);
      if (key.equals("task")) {
        finish();
        builder = new Builder(number(value));
      } else if (builder != null) {
        builder.read(key, value);
      }
    }

    private void finish() {
      if (builder != null) {
        reports.add(builder.build());
        builder = null;
      }
    }

    List<TaskReport> reports() {
      finish();
      return reports;
    }
  }

  /** Returns whether the task has ended, and its agent wrote nothing to its standard error. */
  boolean endedWithoutErrors() {
    return finished.isPresent() && errorOutput.isEmpty();
  }

  /** Returns the report as a program sees it, judged by the agent if there is one. */
  public TaskInfo assess(Optional<Agent> agentOfTask) {
    Optional<TaskEvent.Result> result = agentOfTask.flatMap(this::lastResult);
    TaskInfo.State state =
        switch (phase) {
          case "pending" -> TaskInfo.State.PENDING;
          case "running" -> TaskInfo.State.RUNNING;
          case "cancelled" -> TaskInfo.State.CANCELLED;
          case "timeout" -> TaskInfo.State.TIMED_OUT;
          case "exited", "grace" -> TaskInfo.State.FAILED;
          default -> TaskInfo.State.LOST;
        };
    String message = "";
    if (state == TaskInfo.State.FAILED) {
      Agent.Verdict verdict = verdict(agentOfTask, result);
      state = verdict.success() ? TaskInfo.State.SUCCEEDED : TaskInfo.State.FAILED;
      message = verdict.message();
    } else if (state == TaskInfo.State.LOST) {
      message =
          "The sandbox was stopped, crashed, or had no room on its disk while the task was in it.";
    } else if (state == TaskInfo.State.TIMED_OUT) {
      message = "The task was killed when its time was up.";
    }
    OptionalInt code = phase.equals("exited") ? exitCode : OptionalInt.empty();
    return new TaskInfo(id, agent, title, state, code, message, created, started, finished, result);
  }

  private Optional<TaskEvent.Result> lastResult(Agent agentOfTask) {
    Optional<TaskEvent.Result> last = Optional.empty();
    Agent.Parser parser = agentOfTask.parser();
    for (String line : lastWord.isEmpty() ? lastLines : List.of(lastWord)) {
      for (TaskEvent event : parser.parse(line)) {
        if (event instanceof TaskEvent.Result result) {
          last = Optional.of(result);
        }
      }
    }
    return last;
  }

  private Agent.Verdict verdict(Optional<Agent> agentOfTask, Optional<TaskEvent.Result> result) {
    OptionalInt code = phase.equals("grace") ? OptionalInt.empty() : exitCode;
    if (agentOfTask.isPresent()) {
      return agentOfTask.get().assess(new Agent.Ending(code, result, errorOutput));
    }
    return code.isPresent() && code.getAsInt() == 0
        ? Agent.Verdict.SUCCESS
        : Agent.Verdict.failure("The agent '" + agent + "' is not known here; it failed.");
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static final class Builder {
    private final int id;
    private String agent = "";
    private String title = "";
    private Instant created = Instant.EPOCH;
    private Optional<Instant> started = Optional.empty();
    private Optional<Instant> finished = Optional.empty();
    private String phase = "lost";
    private OptionalInt exitCode = OptionalInt.empty();
    private String lastWord = "";
    private final List<String> lastLines = new ArrayList<>();
    private Optional<TaskTag> pass = Optional.empty();
    private final StringBuilder errorOutput = new StringBuilder();

    Builder(int id) {
      this.id = id;
    }

    void read(String key, String value) {
      switch (key) {
        case "agent" -> agent = value;
        case "title" -> title = PrintableText.printable(value, 120);
        case "created" -> created = instant(value);
        case "started" -> started = Optional.of(instant(value));
        case "state" -> phase = value;
        case "ended" -> readEnd(value.split(" ", -1));
        case "word" -> lastWord = value;
        case "line" -> lastLines.add(value);
        case "pass" -> pass = Optional.of(value).filter(TaskTag::isValid).map(TaskTag::new);
        case "error" -> errorOutput.append(value).append('\n');
        default -> {
          // A blank line, or what another version of the supervisor has to say.
        }
      }
    }

    private void readEnd(String[] parts) {
      if (parts.length == 3) {
        phase = parts[0];
        int code = number(parts[1]);
        exitCode = code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
        finished = Optional.of(instant(parts[2]));
      }
    }

    // A clock that is wrong can be wrong by far.
    private static Instant instant(String seconds) {
      return seconds.matches("\\d{1,12}")
          ? Instant.ofEpochSecond(Long.parseLong(seconds))
          : Instant.EPOCH;
    }

    TaskReport build() {
      return new TaskReport(
          id,
          agent,
          title,
          created,
          started,
          finished,
          phase,
          exitCode,
          lastWord,
          lastLines,
          pass,
          errorOutput.toString());
    }
  }
}
