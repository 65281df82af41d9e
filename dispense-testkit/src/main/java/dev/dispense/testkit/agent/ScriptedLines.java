package dev.dispense.testkit.agent;

import dev.dispense.TaskEvent;
import dev.dispense.TaskEvent.Message;
import dev.dispense.TaskEvent.Raw;
import dev.dispense.TaskEvent.Result;
import dev.dispense.TaskEvent.SessionStarted;
import dev.dispense.TaskEvent.ToolResult;
import dev.dispense.TaskEvent.ToolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How the {@link ScriptedAgent} prints events: a line for each, of fields between tabs, the first
 * of which is the kind. Backslashes, tabs and line breaks in a field are written {@code \\}, {@code
 * \t} and {@code \n}.
 */
public final class ScriptedLines {
  /** Begins the line of a {@link Result}, and no other. */
  public static final String RESULT = "@result\t";

  /** Turns the standard input of a shell script into one line that {@link #parse} reads. */
  static final String ENCODE =
      "{ printf '@text\\t'; { cat; echo .; }"
          + " | sed -e 's/\\\\/\\\\\\\\/g' -e 's/\t/\\\\t/g' -e ':a' -e '$!{' -e N -e ba -e '}'"
          + " -e 's/\\n/\\\\n/g'; }";

  private ScriptedLines() {}

  /**
   * Returns the line of an event.
   *
   * @throws IllegalArgumentException for an event that has no line
   */
  static String format(TaskEvent event) {
    if (event instanceof SessionStarted session) {
      return line("@session", session.sessionId(), session.model());
    }
    if (event instanceof Message message) {
      return line("@text", message.text() + ".");
    }
    if (event instanceof ToolUse use) {
      return line("@tool", use.id(), use.tool(), use.input());
    }
    if (event instanceof ToolResult result) {
      return line("@tool-result", result.id(), result.success() + "", result.output());
    }
    if (event instanceof Result result) {
      return line("@result", result.success() + "", result.text(), result.sessionId().orElse(""));
    }
    throw new IllegalArgumentException("A scripted agent cannot print a " + event);
  }

  /** Returns the event of a line. */
  static TaskEvent parse(String line) {
    String[] fields = line.split("\t", -1);
    for (int i = 1; i < fields.length; i++) {
      fields[i] = decode(fields[i]);
    }
    return switch (fields[0] + "/" + (fields.length - 1)) {
      case "@session/2" -> new SessionStarted(fields[1], fields[2], Optional.of("1"));
      case "@text/1" -> new Message(withoutEnd(fields[1]));
      case "@tool/3" -> new ToolUse(fields[1], fields[2], fields[3]);
      case "@tool-result/3" ->
          new ToolResult(fields[1], Boolean.parseBoolean(fields[2]), fields[3]);
      case "@result/3" ->
          new Result(
              Boolean.parseBoolean(fields[1]),
              fields[2],
              Optional.of(fields[3]).filter(session -> !session.isEmpty()),
              OptionalDouble.empty(),
              OptionalInt.empty(),
              Optional.empty(),
              Optional.empty());
      default -> new Raw(line);
    };
  }

  private static String line(String kind, String... fields) {
    List<String> all = new ArrayList<>(List.of(kind));
    for (String field : fields) {
      all.add(field.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n"));
    }
    return String.join("\t", all);
  }

  private static String decode(String field) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 1 < field.length()) {
        char escaped = field.charAt(++i);
        text.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped);
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  /** A text ends with a full stop of ours, as a shell loses line breaks at the end. */
  private static String withoutEnd(String text) {
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }
}
