package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.SandboxInfo;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.testkit.RequiresDocker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/** The service fails somebody who is in the middle of something. */
@RequiresDocker
@Tag("jdk")
class MidSessionIT extends DisturbedMachine {
  /** A command that is followed in the background. */
  private final class Followed {
    final ByteArrayOutputStream output = new ByteArrayOutputStream();
    final CompletableFuture<Integer> ended;

    Followed(String script, Optional<Streams> streams) {
      Streams used = streams.orElseGet(() -> Streams.of(output, OutputStream.nullOutputStream()));
      ended =
          CompletableFuture.supplyAsync(
              () -> provider.exec(machine.id(), Command.of("sh", "-c", script), used));
    }

    Followed(String script) {
      this(script, Optional.empty());
    }

    String output() {
      return output.toString(StandardCharsets.UTF_8);
    }

    void awaitOutput(String text) {
      while (!output().contains(text)) {
        assertThat(ended).isNotDone();
        LockSupport.parkNanos(5_000_000);
      }
    }

    DispenseException failure() {
      try {
        throw new AssertionFailedError("it ended with " + ended.join());
      } catch (CompletionException e) {
        return (DispenseException) Objects.requireNonNull(e.getCause());
      }
    }
  }

  @Test
  void aKeyThatExpiresWhileACommandRunsEndsNothing() {
    Followed command =
        new Followed("echo begun; until [ -e /tmp/go ]; do sleep 0.1; done; echo >/tmp/went");
    command.awaitOutput("begun");
    faults().expireKeys();

    assertThat(command.failure())
        .isInstanceOf(UnavailableException.class)
        .hasMessageStartingWith("Tried to run 'sh' in the sandbox but failed because Daytona at ")
        .hasMessageContaining("does not accept the key from the variable DAYTONA_API_KEY")
        .hasMessageEndingWith("What runs in the sandbox goes on.");
    faults().renewKeys();
    assertThat(output("touch /tmp/go; until [ -e /tmp/went ]; do sleep 0.1; done; echo it went on"))
        .isEqualTo("it went on\n");
  }

  @Test
  void aToolboxThatDiesIsToldAndEndsNothing() {
    Followed command =
        new Followed("echo begun; until [ -e /tmp/go ]; do sleep 0.1; done; echo >/tmp/went");
    command.awaitOutput("begun");
    faults().killToolbox(machine.id());

    assertThat(command.failure())
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("the sandbox does not answer, although Daytona does not say that it")
        .hasMessageEndingWith("What runs in the sandbox goes on.");
    assertThat(provider.find(machine.name()).orElseThrow().state())
        .isEqualTo(SandboxInfo.State.RUNNING);
    faults().reviveToolbox(machine.id());
    assertThat(output("touch /tmp/go; until [ -e /tmp/went ]; do sleep 0.1; done; echo it went on"))
        .isEqualTo("it went on\n");
  }

  @Test
  void aToolboxThatRefusesForAWhileLosesNothing() {
    provider.close();
    provider = provider(Duration.ofMinutes(2));
    Followed command =
        new Followed("i=0; while [ $i -lt 60 ]; do echo line $i; i=$((i + 1)); sleep 0.02; done");
    for (int i = 0; i < 20; i++) {
      faults().refuse(TOOLBOX, 2, 502, "");
      faults().refuse(TOOLBOX, 1, 429, "ThrottlerException: Too Many Requests");
      faults().loseAnswer(TOOLBOX);
    }

    assertThat(command.ended.join()).isZero();
    assertThat(command.output().lines()).hasSize(60).startsWith("line 0").endsWith("line 59");
  }

  @Test
  void aTerminalWhoseConnectionIsCutIsToldAndKilled() throws IOException {
    try (PipedOutputStream keyboard = new PipedOutputStream();
        InputStream stdin = new PipedInputStream(keyboard)) {
      ByteArrayOutputStream screen = new ByteArrayOutputStream();
      Followed terminal =
          new Followed(
              "echo $$ >/tmp/shell; echo be''gun; while :; do sleep 0.1; done",
              Optional.of(Streams.of(stdin, screen, new Screen())));
      while (!screen.toString(StandardCharsets.UTF_8).contains("begun")) {
        assertThat(terminal.ended).isNotDone();
        LockSupport.parkNanos(5_000_000);
      }
      faults().expireKeys();
      faults().renewKeys();
      assertThat(terminal.ended).as("after the key had expired").isNotDone();
      faults().cutStreams(machine.id());

      assertThat(terminal.failure())
          .hasMessageStartingWith(
              "Tried to run 'sh' in a terminal but failed because the connection with the sandbox"
                  + " was cut: ")
          .hasMessageContaining("What ran in the terminal was killed. Open another");
      assertThat(output("kill -0 $(cat /tmp/shell) 2>/dev/null || echo killed"))
          .isEqualTo("killed\n");
    }
  }

  @Test
  void aTerminalWhoseOpeningIsRefusedForAWhileIsOpened() {
    faults().refuse("POST .*/process/pty", 2, 502, "");
    faults().refuse("WEBSOCKET .*/connect", 3, 502, "");
    faults().loseAnswer("WEBSOCKET .*/connect");
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    Followed terminal =
        new Followed(
            "echo be''gun; exit 5",
            Optional.of(Streams.of(InputStream.nullInputStream(), screen, new Screen())));

    assertThat(terminal.ended.join()).isEqualTo(5);
    assertThat(screen.toString(StandardCharsets.UTF_8)).containsOnlyOnce("begun");
  }

  @Test
  void aTerminalThatIsNotOpenedIsTold() {
    faults().refuse("WEBSOCKET .*/connect", 9, 502, "");
    Followed terminal =
        new Followed(
            "exit 5",
            Optional.of(
                Streams.of(
                    InputStream.nullInputStream(), new ByteArrayOutputStream(), new Screen())));

    assertThat(terminal.failure())
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Daytona opened none: it answered with status 502. Try again");
  }

  @Test
  void aTerminalThatIsCutWhenTheKeyHasExpiredMayHaveLeftSomething() throws IOException {
    try (PipedOutputStream keyboard = new PipedOutputStream();
        InputStream stdin = new PipedInputStream(keyboard)) {
      ByteArrayOutputStream screen = new ByteArrayOutputStream();
      Followed terminal =
          new Followed(
              "echo be''gun; while :; do sleep 0.1; done",
              Optional.of(Streams.of(stdin, screen, new Screen())));
      while (!screen.toString(StandardCharsets.UTF_8).contains("begun")) {
        assertThat(terminal.ended).isNotDone();
        LockSupport.parkNanos(5_000_000);
      }
      faults().expireKeys();
      faults().cutStreams(machine.id());

      assertThat(terminal.failure()).hasMessageContaining("some of its processes may still run");
      faults().renewKeys();
    }
  }

  /** A terminal whose size does not change. */
  private static final class Screen implements Streams.Terminal {
    @Override
    public Size size() {
      return new Size(80, 24);
    }

    @Override
    public void onResize(Consumer<Size> listener) {}

    @Override
    public String type() {
      return "xterm";
    }
  }
}
