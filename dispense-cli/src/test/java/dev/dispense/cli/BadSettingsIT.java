package dev.dispense.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the built command says of a file of settings that cannot be read. */
class BadSettingsIT {
  @TempDir private Path root;

  /** A row: what is wrong with the file, what the message says of it, and what makes it so. */
  static Stream<Arguments> files() {
    return Stream.of(
        row("a code that is none", "do not in line 2", write("agent=x\nimage=\\u12")),
        row("another charset", "it is not text in UTF-8", write("agent=\u00FF\u00FE")),
        row("binary", "it is not text", write("agent=\0")),
        row("too large", "it is larger than 1 MiB", write("#".repeat((1 << 20) + 1))),
        row("a directory", "Is a directory", Files::createDirectories),
        row("a device", "a device", file -> Files.createSymbolicLink(file, Path.of("/dev/zero"))),
        row("a pipe", "it is a pipe", BadSettingsIT::makePipe));
  }

  private static Arguments row(String what, String message, Making making) {
    return Arguments.of(what, message, making);
  }

  @FunctionalInterface
  private interface Making {
    Object make(Path file) throws IOException;
  }

  private static Making write(String content) {
    return file -> Files.writeString(file, content, ISO_8859_1);
  }

  private static Object makePipe(Path file) {
    return new CommandLine(Path.of("/"), Map.of())
        .run(List.of("mkfifo", file.toString()))
        .succeeds();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void a_file_that_holds_no_settings_is_told(String what, String message, Making making)
      throws IOException {
    Files.createDirectories(file().getParent());
    making.make(file());

    refused(user().dispense("list"), message);
  }

  @Test
  @RequiresProgram("setpriv")
  void a_file_that_the_user_may_not_read_is_told() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "agent=claude\n");
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));

    refused(user().dispenseAsNobody(root, "list"), "may not be used by this user");
  }

  private Path file() {
    return root.resolve("dispense/config.properties");
  }

  private CommandLine user() {
    return new CommandLine(root, Map.of("XDG_CONFIG_HOME", root.toString()));
  }

  private void refused(CommandLine.Outcome outcome, String message) {
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.stdout()).isEmpty();
    assertThat(outcome.stderr())
        .contains("dispense: Tried to read the settings in " + file(), message, "Correct the file")
        .doesNotContain("\tat ", "Exception");
  }
}
