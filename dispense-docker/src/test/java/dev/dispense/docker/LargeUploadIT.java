package dev.dispense.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@RequiresDocker
class LargeUploadIT {
  @Test
  void twoGibibytesPassThroughAHeapOfSixtyFourMebibytes() throws IOException, InterruptedException {
    long size = 2L << 30;
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                LargeUpload.class.getName(),
                Long.toString(size))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).endsWith(size + " 4711\n1\n");
  }
}
