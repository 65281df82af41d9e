package dev.dispense.daytona.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.Streams;
import dev.dispense.TimedOutException;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.LocalSandbox;
import dev.dispense.daytona.ShellCommand;
import dev.dispense.daytona.TestService;
import dev.dispense.testkit.LeakCheck;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class ExecTest {
  @TempDir Path directory;
  private LocalSandbox sandbox;

  @BeforeEach
  void open() {
    sandbox = new LocalSandbox(directory, "sh");
  }

  @AfterEach
  void close() {
    sandbox.close();
  }

  private String output(String script) {
    return sandbox.run(script).stdout();
  }

  @Test
  void aShortCommandIsOneCall() {
    assertThat(sandbox.run("echo out; echo err >&2; exit 3").toString())
        .isEqualTo("ExecResult[exitCode=3, stdout=out\n, stderr=err\n]");
    assertThat(sandbox.executions()).isEqualTo(1);
  }

  @Test
  void aShortInputGoesWithTheStart() {
    byte[] input = new byte[20_000];
    new Random(1).nextBytes(input);

    assertThat(sandbox.filter(input, "cat")).isEqualTo(input);
    assertThat(sandbox.service().calls()).hasSize(2); // where the toolbox is, and the command
  }

  @Test
  void aLongInputComesInPieces() {
    byte[] input = new byte[9_000_000];
    new Random(2).nextBytes(input);

    assertThat(sandbox.filter(input, "cat")).isEqualTo(input);
  }

  @Test
  void aLongScriptIsUploaded() {
    String argument = "0123456789abcdef".repeat(6000);

    assertThat(sandbox.run(Command.of("printf", "%s", argument).in("/")).stdout())
        .isEqualTo(argument);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void whateverAnswerIsCutNothingIsLostOrComesTwice(int answer) {
    for (int i = 0; i < answer; i++) {
      sandbox.service().disturb(new TestService.Disturbance() {});
    }
    sandbox.service().cutNextAnswerAfter(60);
    sandbox.service().answerNext(TestService.Answered.json(502, ""));

    assertThat(
            output(
                "echo begun >>\"$HOME/begun\"; i=0; while [ $i -lt 6 ]; do echo line $i; i=$((i +"
                    + " 1)); sleep 0.15; done"))
        .isEqualTo("line 0\nline 1\nline 2\nline 3\nline 4\nline 5\n");
    assertThat(directory.resolve("begun")).hasContent("begun\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20, 60, 110})
  void theOnlyAnswerOfAShortCommandMayBeCut(int bytes) {
    sandbox.service().disturb(new TestService.Disturbance() {}); // where the toolbox is
    sandbox.service().cutNextAnswerAfter(bytes);

    assertThat(
            sandbox.run("echo ran >>\"$HOME/ran\"; echo whole; echo error >&2; exit 7").toString())
        .isEqualTo("ExecResult[exitCode=7, stdout=whole\n, stderr=error\n]");
    assertThat(directory.resolve("ran")).hasContent("ran\n");
  }

  @Test
  void muchOutputComesWholeAndIsDeletedOnTheWay() throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    int code =
        sandbox.exec(
            ShellCommand.of("head -c 30000000 /dev/urandom | tee \"$HOME/sent\""),
            Streams.of(stdout, OutputStream.nullOutputStream()));

    assertThat(code).isZero();
    assertThat(stdout.toByteArray()).isEqualTo(Files.readAllBytes(directory.resolve("sent")));
    assertThat(sandbox.bytesKept()).isLessThan(4 << 20);
  }

  @Test
  void theFilesOfACommandAreRemovedByTheNext() {
    String before = output("echo first");
    assertThat(sandbox.commandsKept()).isEqualTo(1);
    for (int i = 0; i < 3; i++) {
      before += output("echo next");
    }

    assertThat(before).isEqualTo("first\nnext\nnext\nnext\n");
    sandbox.awaitCommandsKept(1);
  }

  @Test
  void whatOutlivesTheCommandKeepsNeitherItsEndNorItsPipe() throws IOException {
    String late = "until [ -e \"$HOME/go\" ]; do sleep 0.1; done; echo late";
    assertThat(output("{ " + late + "; echo alive >\"$HOME/alive\"; } & echo early"))
        .isEqualTo("early\n");
    Files.createFile(directory.resolve("go"));
    sandbox.awaitFile(directory.resolve("alive"));
    sandbox.awaitEndOfOutput();
  }

  @Test
  void aCommandThatKillsItsGroupStillHasAnEnd() {
    assertThat(sandbox.run("trap '' TERM; kill 0; exit 5").exitCode()).isEqualTo(5);
  }

  @Test
  void aCommandWhoseTimeIsUpIsKilled() {
    Command command =
        ShellCommand.of("trap '' TERM; sleep 3600 & echo $! >\"$HOME/child\"; sleep 3600")
            .within(Duration.ofSeconds(1));

    assertThatThrownBy(() -> sandbox.run(command)).isInstanceOf(TimedOutException.class);
    assertThat(sandbox.isAlive(directory.resolve("child"))).isFalse();
  }

  @Test
  void aRunnerThatWasKilledIsNotMistakenForTheEnd() {
    assertThatThrownBy(
            () -> sandbox.run("kill -9 $(cut -d ' ' -f 1 \"$HOME\"/exec/*/runner); sleep 30"))
        .isInstanceOf(DispenseException.class)
        .hasMessageContaining("its end is not known");
  }

  @Test
  void anotherUserIsRefusedBeforeAnythingRuns() {
    Command command = ShellCommand.of("echo ran >\"$HOME/ran\"").as("12345:12345");

    assertThatThrownBy(() -> sandbox.run(command)).isInstanceOf(RefusedException.class);
    assertThat(directory.resolve("ran")).doesNotExist();
  }

  @Test
  void aSandboxThatIsStoppedMeanwhileIsTold() {
    sandbox.become("stopped");
    sandbox.service().disturb(new TestService.Disturbance() {});
    sandbox
        .service()
        .answerNext(
            TestService.Answered.json(
                400, "{\"message\":\"no IP address found. Is the Sandbox started?\"}"));

    assertThatThrownBy(() -> sandbox.run("echo never"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("is stopped");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash"})
  void whateverShellTheServiceFindsItWorks(String shell) {
    try (LocalSandbox other = new LocalSandbox(directory, shell.split(" "))) {
      assertThat(
              other.filter(
                  "input\n".getBytes(StandardCharsets.UTF_8),
                  "cat; echo 'it'\\''s $HOME' \"\\\\\""))
          .isEqualTo("input\nit's $HOME \\\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aShellThatTheSandboxLacksIsToldAtOnce() {
    try (LocalSandbox other = new LocalSandbox(directory, "no-such-shell")) {
      assertThatThrownBy(() -> other.run("true"))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("the shell that should run it is missing")
          .hasMessageContaining("needs a POSIX shell")
          .hasMessageNotContaining("cannot be reached");
    }
    // The service has found a shell by its path, and there is no other.
    try (LocalSandbox other = new LocalSandbox(directory, "env", "PATH=" + directory, "/bin/sh")) {
      assertThatThrownBy(() -> other.run("true"))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("a program is missing in the sandbox: ")
          .hasMessageContaining("sh: not found")
          .hasMessageContaining("needs a POSIX shell");
      assertThat(other.executions()).isEqualTo(1);
    }
  }

  @Test
  void programsThatTheRunnerLacksAreNamedAtOnce() throws IOException {
    Path shell = Files.writeString(directory.resolve("sh"), "#!/bin/sh\nexec /bin/sh \"$@\"\n");
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (LocalSandbox other = new LocalSandbox(directory, "env", "PATH=" + directory, "sh")) {
      assertThatThrownBy(() -> other.run("true"))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("programs are missing in the sandbox: base64, cat, ")
          .hasMessageContaining("needs a POSIX shell");
      assertThat(other.executions()).isEqualTo(1);
    }
  }

  @Test
  void inputThatIsSentTwiceIsTakenOnce() {
    byte[] input = new byte[6_000_000];
    new Random(3).nextBytes(input);
    // The address of the toolbox, the start, then pieces and polls as they come.
    for (int i = 0; i < 2; i++) {
      sandbox.service().disturb(new TestService.Disturbance() {});
    }
    for (int i = 0; i < 3; i++) {
      sandbox.service().answerNext(TestService.Answered.json(502, ""));
      sandbox.service().disturb(new TestService.Disturbance() {});
    }

    InputStream stream = new ByteArrayInputStream(input);
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    int code =
        sandbox.exec(
            ShellCommand.of("cat"), Streams.of(stream, stdout, OutputStream.nullOutputStream()));
    assertThat(code).isZero();
    assertThat(stdout.toByteArray()).isEqualTo(input);
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whateverAStreamThrowsEndsTheCommand() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new OutOfMemoryError("no memory for this");
          }
        };
    InputStream deep =
        new InputStream() {
          @Override
          public int read() {
            return -1;
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            throw new StackOverflowError("too deep for this");
          }
        };
    OutputStream none = OutputStream.nullOutputStream();

    assertThatThrownBy(
            () -> sandbox.exec(ShellCommand.of("echo; sleep 3600"), Streams.of(full, none)))
        .isInstanceOf(DispenseException.class)
        .hasMessageContaining("no memory for this");
    assertThatThrownBy(
            () -> sandbox.exec(ShellCommand.of("cat; sleep 3600"), Streams.of(deep, none, none)))
        .isInstanceOf(DispenseException.class)
        .hasMessageContaining("too deep for this");
  }
}
