package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shell in a real sandbox, in a real terminal: one that script(1) makes. */
@RequiresDocker
@RequiresProgram("script")
@Tag("jdk")
class ShellIT {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir Path root;
  private Path screen;
  private CommandLine user;
  private Process terminal;

  @BeforeEach
  void openShell() throws IOException {
    user =
        new CommandLine(
            root,
            Map.of(
                "DISPENSE_HOME", root.resolve("state").toString(),
                "XDG_CONFIG_HOME", root.resolve("config").toString()));
    user.dispense("new", "--name", name, "--skip-copy", "--skip-daemon").succeeds();
    screen = Files.createFile(root.resolve("screen"));
    terminal =
        user.start(
            List.of(
                "script",
                "--quiet",
                "--flush",
                "--return",
                "--command",
                "stty rows 40 cols 100; exec '" + CommandLine.LAUNCHER + "' shell " + name,
                "/dev/null"),
            screen);
    awaitScreen("/workspace");
  }

  @AfterEach
  void closeShell() {
    terminal.destroyForcibly();
    user.dispense("delete", "--force", "--discard", name).succeeds();
  }

  @Test
  void itHasTheSizeOfTheTerminalAndPassesItsExitCodeOn() throws Exception {
    type("echo size: $(stty size); tty\n");
    awaitScreen("size: 40 100");
    awaitScreen("/dev/pts/");
    // A terminal's answers to questions would be typed into the shell.
    assertThat(Files.readString(screen)).doesNotContain("\u001b[c", "$p");
    type("exit 9\n");

    assertThat(terminal.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(terminal.exitValue()).isEqualTo(9);
  }

  @Test
  void controlCGoesToWhatRunsInIt() throws Exception {
    type("sleep 4712\n");
    // What is typed while a shell starts a program can be lost.
    awaitProcess("sleep 471[2]", true);
    type("\u0003");
    awaitScreen("^C");
    type("echo rc:$?\n");
    awaitScreen("rc:130");
    type("exit\n");

    assertThat(terminal.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatItRunsEndsWithTheTerminal() throws Exception {
    type("sleep 4711\n");
    awaitProcess("sleep 471[1]", true);
    terminal.destroy();

    assertThat(terminal.waitFor(60, TimeUnit.SECONDS)).isTrue();
    awaitProcess("sleep 471[1]", false);
  }

  private void type(String keys) throws IOException {
    OutputStream keyboard = terminal.getOutputStream();
    keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
    keyboard.flush();
  }

  private void awaitScreen(String text) throws IOException {
    CommandLine.awaitText(terminal, screen, text);
  }

  private void awaitProcess(String pattern, boolean there) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (user.dispense("exec", name, "--", "pgrep", "-f", pattern).exitCode()
        != (there ? 0 : 1)) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }
}
