package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.io.TempDir;

class ProgramConditionTest {
  @TempDir Path directory;
  private String path;

  @BeforeEach
  void install() throws IOException {
    Path program = Files.writeString(directory.resolve("there"), "");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(directory.resolve("text"), "");
    path = "/no/such/directory:" + directory;
  }

  @Test
  void programsThatAreThereEnableTheTest() {
    ConditionEvaluationResult result =
        new ProgramCondition(Map.of("PATH", path, "CI", "true")).evaluate(List.of("there"));

    assertThat(result.isDisabled()).isFalse();
  }

  @Test
  void aProgramThatIsMissingSkipsTheTestWithItsName() {
    ConditionEvaluationResult result =
        new ProgramCondition(Map.of("PATH", path)).evaluate(List.of("there", "gone", "text"));

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).contains("These programs are not on the PATH: gone, text.");
  }

  @Test
  void aProgramThatIsMissingFailsTheTestInContinuousIntegration() {
    assertThatThrownBy(
            () ->
                new ProgramCondition(Map.of("PATH", path, "CI", "true")).evaluate(List.of("gone")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("gone")
        .hasMessageContaining("CI=true");
  }

  @Test
  void whereThereIsNoPathNothingIsThere() {
    assertThat(new ProgramCondition(Map.of()).evaluate(List.of("there")).isDisabled()).isTrue();
  }
}
