package dev.dispense.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartErrorFilterTest {
  private static final String REPORT =
      "OCI runtime exec failed: exec failed: unable to start container process: exec: \"nope\":"
          + " executable file not found in $PATH: unknown";

  private final ByteArrayOutputStream sink = new ByteArrayOutputStream();
  private final StartErrorFilter stdout = new StartErrorFilter(sink);

  private void write(String text) throws IOException {
    stdout.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void ordinaryOutputPassesAtOnce() throws IOException {
    write("O");
    assertThat(sink).hasToString("O");
    write("CI runtime exec failed");
    assertThat(sink).hasToString("OCI runtime exec failed");
  }

  @Test
  void aReportIsHeldBack() throws IOException {
    write(REPORT + "\r\n");

    assertThat(sink.size()).isZero();
    assertThat(stdout.text()).isEqualTo(REPORT);
  }

  @Test
  void aCommandThatPrintsSuchAReportLosesNothing() throws IOException {
    write(REPORT + "\n");
    stdout.release();

    assertThat(sink).hasToString(REPORT + "\n");
    assertThat(stdout.text()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'exec: \"nope\": executable file not found in $PATH: unknown', 127",
    "'exec: \"/nope\": stat /nope: no such file or directory: unknown', 127",
    "'exec: \"/etc/passwd\": permission denied: unknown', 126",
    "'chdir to cwd (\"/x\") set in config.json failed: no such file or directory: unknown', 126"
  })
  void theExitCodeIsThatOfAShell(String report, int code) {
    assertThat(StartErrorFilter.exitCode(report)).isEqualTo(code);
  }
}
