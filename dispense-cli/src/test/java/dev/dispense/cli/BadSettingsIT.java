package dev.dispense.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the built command says of a file of settings that cannot be read. */
class BadSettingsIT {
  @TempDir private Path root;

  @ParameterizedTest
  @CsvSource({"'agent=\\u12', Malformed", "'agent=\u00FF\u00FE', it is not text in UTF-8"})
  void settings_that_are_garbage_are_told(String content, String message) throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), content, ISO_8859_1);

    refused(message);
  }

  @Test
  void settings_that_are_a_directory_are_told() throws IOException {
    Files.createDirectories(file());

    refused("Is a directory");
  }

  private Path file() {
    return root.resolve("dispense/config.properties");
  }

  private void refused(String message) {
    CommandLine user = new CommandLine(root, Map.of("XDG_CONFIG_HOME", root.toString()));

    CommandLine.Outcome outcome = user.dispense("list");

    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.stdout()).isEmpty();
    assertThat(outcome.stderr())
        .contains("dispense: Tried to read the settings in " + file(), message, "Correct the file")
        .doesNotContain("\tat ", "Exception");
  }
}
