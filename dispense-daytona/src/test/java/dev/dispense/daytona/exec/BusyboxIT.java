package dev.dispense.daytona.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.daytona.LocalSandbox;
import dev.dispense.testkit.RequiresProgram;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("busybox")
class BusyboxIT {
  @TempDir Path directory;

  @Test
  void busyboxAsTheShellOfTheServiceWorks() {
    try (LocalSandbox sandbox = new LocalSandbox(directory, "busybox", "sh")) {
      assertThat(
              sandbox.filter(
                  "input\n".getBytes(StandardCharsets.UTF_8),
                  "cat; echo 'it'\\''s $HOME' \"\\\\\""))
          .isEqualTo("input\nit's $HOME \\\n".getBytes(StandardCharsets.UTF_8));
    }
  }
}
