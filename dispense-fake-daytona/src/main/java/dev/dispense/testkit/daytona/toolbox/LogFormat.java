package dev.dispense.testkit.daytona.toolbox;

import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.FrameSocket;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client understands of a session's log, in which each line has three bytes before it that
 * tell whether it is of the output or of the error output.
 */
enum LogFormat {
  /** Lines without marks. */
  PLAIN,

  /** Lines with marks. */
  MARKED,

  /** Outputs apart; on WebSockets, lines with marks. */
  SPLIT;

  private static final String VERSION = "X-Daytona-SDK-Version";
  private static final Pattern NUMBERS = Pattern.compile("v?(\\d+)\\.(\\d+).*");

  /** Returns what a client understands by what it says of itself. */
  static LogFormat of(Call call) {
    Optional<String> version =
        call.header(VERSION)
            .or(
                () ->
                    FrameSocket.protocols(call).stream()
                        .filter(protocol -> protocol.startsWith(VERSION + "~"))
                        .map(protocol -> protocol.substring(VERSION.length() + 1))
                        .findFirst());
    Matcher numbers = NUMBERS.matcher(version.orElse(""));
    if (!numbers.matches()) {
      return call.header("X-Daytona-Split-Output").orElse("").equals("true") ? MARKED : PLAIN;
    }
    int minor =
        Integer.parseInt(numbers.group(1)) > 0
            ? Integer.MAX_VALUE
            : Integer.parseInt(numbers.group(2));
    return minor >= 167 ? SPLIT : minor >= 27 ? MARKED : PLAIN;
  }

  /** Takes the marks away from a log that comes in pieces. */
  static final class Stripper {
    private int marks;
    private boolean lineStart = true;

    byte[] strip(byte[] piece, int length) {
      ByteArrayOutputStream plain = new ByteArrayOutputStream(length);
      for (int i = 0; i < length; i++) {
        byte b = piece[i];
        if (lineStart && (b == 1 || b == 2) && marks < 3) {
          marks++;
        } else {
          marks = 0;
          plain.write(b);
          lineStart = b == '\n';
        }
      }
      return plain.toByteArray();
    }
  }

  /** Returns the lines of one output: 1 for the output, 2 for the error output. */
  static byte[] lines(byte[] log, int mark) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    int start = 0;
    for (int i = 0; i < log.length; i++) {
      if (log[i] == '\n' || i == log.length - 1) {
        if (i - start >= 3 && log[start] == mark) {
          lines.write(log, start + 3, i + 1 - start - 3);
        }
        start = i + 1;
      }
    }
    return lines.toByteArray();
  }
}
