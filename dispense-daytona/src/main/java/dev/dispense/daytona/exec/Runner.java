package dev.dispense.daytona.exec;

import static dev.dispense.support.ShellScript.quote;

import dev.dispense.daytona.sandbox.LaunchScript;
import dev.dispense.support.ShellScript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import okio.ByteString;

/**
 * The calls of {@code runner.sh} and {@code kill.sh} as text that the service hands to whatever
 * shell it has found. An older service writes that text to the shell's standard input, so nothing
 * that it starts may read from there.
 *
 * @param id names the command; chosen by the client, so that starting it again does nothing
 */
record Runner(String id) {
  /** The directory with what the runner keeps. */
  static final String DIRECTORY = "/tmp/dispense-exec";

  private static final String PROGRAM = ShellScript.read(Runner.class, "runner.sh");
  private static final String KILL = ShellScript.read(Runner.class, "kill.sh");
  private static final String KILL_TREE = ShellScript.killTree();

  private static final Base64.Encoder BASE64 =
      Base64.getMimeEncoder(76, "\n".getBytes(StandardCharsets.US_ASCII));

  /** How a command gets its input. */
  enum Input {
    /** It has none. */
    NONE,
    /** All of it comes with the start. */
    FILE,
    /** It comes later, in pieces. */
    PIECES;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the client gets the output of a command. */
  enum Output {
    /** In the answers. */
    TOLD,
    /** The answers tell of files, {@link Runner#output}, that it fetches. */
    FILES;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What is started.
   *
   * @param script see {@link LaunchScript}
   * @param file where the script is in the sandbox; empty when it comes with the call
   * @param user see {@link LaunchScript#user}
   * @param stdin all of the input, with {@link Input#FILE}
   */
  record Start(
      String script, String file, String user, Input input, Output output, ByteString stdin) {}

  /** Returns the path of a file of this command. */
  String file(String name) {
    return DIRECTORY + "/" + id + "/" + name;
  }

  /** Returns the path of a part of the output, counted from 0. */
  String output(long segment) {
    return file("o." + segment);
  }

  /**
   * Returns the call that starts the command and tells what it has done in the first seconds.
   *
   * @param wait seconds
   * @param over commands whose end is known
   */
  String start(Start start, int wait, List<String> over) {
    List<String> words =
        new ArrayList<>(List.of("start", id, start.input().word(), start.output().word()));
    words.add(start.file().isEmpty() ? "-" : start.file());
    words.add(start.user());
    words.addAll(Offsets.START.words());
    words.add(Integer.toString(wait));
    words.addAll(over);
    StringBuilder line = new StringBuilder(call(words));
    StringBuilder documents = new StringBuilder();
    if (start.file().isEmpty()) {
      line.append(" <<'LAUNCH'");
      documents.append(document(start.script().getBytes(StandardCharsets.UTF_8), "LAUNCH"));
    } else {
      line.append(" </dev/null");
    }
    if (start.input() == Input.FILE) {
      line.append(" 3<<'INPUT'");
      documents.append(document(start.stdin().toByteArray(), "INPUT"));
    }
    return line.append('\n').append(documents).toString();
  }

  private static String document(byte[] bytes, String end) {
    return BASE64.encodeToString(bytes) + "\n" + end + "\n";
  }

  /** Returns the call that waits for what comes next. */
  String poll(Offsets positions, int wait) {
    List<String> words = new ArrayList<>(List.of("poll", id));
    words.addAll(positions.words());
    words.add(Integer.toString(wait));
    return call(words) + " </dev/null\n";
  }

  /** Returns the call that kills the command with all that it started. */
  String kill() {
    return "export DISPENSE_KILL="
        + quote(KILL_TREE)
        + "\nexec sh -c "
        + quote(KILL)
        + " sh "
        + id
        + " </dev/null\n";
  }

  private static String call(List<String> words) {
    return "export DISPENSE_RUNNER="
        + quote(PROGRAM)
        + "\nexec sh -c 'eval \"$DISPENSE_RUNNER\"' sh "
        + String.join(" ", words);
  }
}
