package dev.dispense.testkit.daytona.toolbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Logs whose lines are marked. */
final class LogFormatTest {
  private static final String LOG = "\1\1\1out\n\2\2\2\n\2\2\2\1err\n\1\1\1";

  @Test
  void takesMarksAwayWhereverTheLogIsCut() {
    byte[] log = bytes(LOG);
    for (int cut = 0; cut <= log.length; cut++) {
      LogFormat.Stripper stripper = new LogFormat.Stripper();
      ByteArrayOutputStream plain = new ByteArrayOutputStream();
      plain.writeBytes(stripper.strip(log, cut));
      plain.writeBytes(stripper.strip(Arrays.copyOfRange(log, cut, log.length), log.length - cut));
      assertThat(plain.toString(StandardCharsets.UTF_8)).isEqualTo("out\n\n\1err\n");
    }
  }

  @Test
  void tellsTheOutputsApart() {
    assertThat(LogFormat.lines(bytes(LOG), 1)).isEqualTo(bytes("out\n"));
    assertThat(LogFormat.lines(bytes(LOG), 2)).isEqualTo(bytes("\n\1err\n"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
