package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.Host;
import dev.dispense.Machine;
import dev.dispense.MachineSpec;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.Resources;
import dev.dispense.SandboxName;
import dev.dispense.SandboxProvider;
import dev.dispense.SandboxState;
import dev.dispense.Streams;
import dev.dispense.Terminal;
import dev.dispense.UnavailableException;
import dev.dispense.testkit.LeakCheck;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.daytona.Faults;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

/** The service fails somebody who is in the middle of something. */
@RequiresDocker
@ExtendWith(LeakCheck.class)
class MidSessionIT {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  private static final String TOOLBOX = " /toolbox/";
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  @TempDir Path home;
  private SandboxProvider provider;
  private Machine machine;

  @BeforeEach
  void create() {
    Host host = SERVICE.host(home);
    Pause quick = duration -> Thread.sleep(Math.min(20, duration.toMillis()));
    provider = new DaytonaProvider(host, new AccessDiscovery(host).find(), quick, PATIENCE);
    faults().refuse(TOOLBOX, 3, 502, "");
    machine = provider.create(spec("mid"), Progress.Listener.NONE);
  }

  private static MachineSpec spec(String name) {
    return new MachineSpec(
        new SandboxName(name),
        Optional.empty(),
        List.of(),
        Map.of(),
        Map.of(),
        List.of(),
        Resources.DEFAULT,
        NetworkPolicy.OPEN,
        0,
        0);
  }

  @AfterEach
  void delete() {
    faults().tooManyRequests("sandbox-lifecycle", 2, Duration.ofSeconds(7));
    faults().tooManyRequests("authenticated", 2, Duration.ofSeconds(7));
    provider.delete(machine.id());
    assertThat(provider.list()).isEmpty();
    provider.close();
  }

  private static Faults faults() {
    return SERVICE.daytona().faults();
  }

  private String output(String script) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    int code =
        provider.exec(
            machine.id(),
            Command.of("sh", "-c", script),
            Streams.of(stdout, OutputStream.nullOutputStream()));
    assertThat(code).isZero();
    return stdout.toString(StandardCharsets.UTF_8);
  }

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
        Thread.onSpinWait();
      }
    }

    DispenseException failure() {
      try {
        throw new AssertionFailedError("it ended with " + ended.join());
      } catch (CompletionException e) {
        return (DispenseException) e.getCause();
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
    assertThat(provider.find(machine.name()).orElseThrow().state()).isEqualTo(SandboxState.RUNNING);
    faults().reviveToolbox(machine.id());
    assertThat(output("touch /tmp/go; until [ -e /tmp/went ]; do sleep 0.1; done; echo it went on"))
        .isEqualTo("it went on\n");
  }

  @Test
  void aToolboxThatRefusesForAWhileLosesNothing() {
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
  void everyCallMayBeRefusedOnceAndStopAndStartStillWork() {
    faults().tooManyRequests("sandbox-lifecycle", 3, Duration.ofSeconds(7));
    faults().refuse("POST .*/stop", 2, 502, "");
    faults().refuse("POST .*/stop", 1, 409, "Sandbox state change in progress");
    faults().tooManyRequests("authenticated", 3, Duration.ofSeconds(7));
    faults().refuse("GET /api/sandbox/", 4, 502, "");
    provider.stop(machine.id(), Duration.ZERO);
    faults().tooManyRequests("sandbox-lifecycle", 3, Duration.ofSeconds(7));
    faults().refuse("POST .*/start", 2, 502, "");
    faults().loseAnswer("POST .*/start");
    faults().refuse(TOOLBOX, 3, 502, "");
    provider.start(machine.id());

    assertThat(output("ls -d /dev/shm/dispense")).isEqualTo("/dev/shm/dispense\n");
  }

  @Test
  void whatIsBrokenAndCanBeMendedIsMendedByAStart() {
    provider.stop(machine.id(), Duration.ZERO);
    faults().failStart("no space left on the runner");
    DispenseException failure = failure(() -> provider.start(machine.id()));
    assertThat(failure)
        .hasMessageContaining("it is broken: no space left on the runner")
        .hasMessageContaining("Start it, which makes Daytona mend it");

    provider.start(machine.id());
    assertThat(output("echo mended")).isEqualTo("mended\n");
  }

  @Test
  void whatDaytonaHasArchivedIsBroughtBackByAStart() throws IOException {
    assertThat(output("echo kept >/workspace/kept")).isEmpty();
    provider.stop(machine.id(), Duration.ZERO);
    post("archive");
    assertThat(provider.find(machine.name()).orElseThrow().state()).isEqualTo(SandboxState.STOPPED);

    provider.start(machine.id());
    assertThat(output("cat /workspace/kept")).isEqualTo("kept\n");
  }

  @Test
  void whatIsDeletedWhenItStopsIsGoneAfterAStop() throws IOException {
    post("autodelete/0");
    provider.stop(machine.id(), Duration.ZERO);

    assertThat(provider.find(machine.name())).isEmpty();
  }

  /** Asks the service for something as another program of the user's does. */
  private void post(String what) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create(SERVICE.daytona().url() + "/sandbox/" + machine.id() + "/" + what)
                .toURL()
                .openConnection();
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Authorization", "Bearer " + SERVICE.daytona().apiKey());
    assertThat(connection.getResponseCode()).isLessThan(300);
    connection.disconnect();
  }

  @Test
  void whatIsBrokenAndCannotBeMendedIsTold() {
    provider.stop(machine.id(), Duration.ZERO);
    faults().failStart("the disk is lost");
    DispenseException first = failure(() -> provider.start(machine.id()));
    DispenseException second = failure(() -> provider.start(machine.id()));

    assertThat(first).hasMessageContaining("the disk is lost. Daytona cannot mend it: delete it");
    assertThat(second).hasMessage(first.getMessage());
  }

  private static DispenseException failure(Runnable call) {
    try {
      call.run();
    } catch (DispenseException e) {
      return e;
    }
    throw new AssertionFailedError("it did not fail");
  }

  @Test
  void anOutageOfTheServiceLeavesNothingBehind() {
    faults().refuse("GET /api/sandbox/", 12, 502, "");
    Machine second = provider.create(spec("second"), Progress.Listener.NONE);
    provider.delete(second.id());

    faults().failStart("no runner has room");
    faults().refuse("(GET|DELETE) /api/sandbox/", 12, 502, "");
    assertThat(failure(() -> provider.create(spec("third"), Progress.Listener.NONE)))
        .hasMessageContaining("no runner has room")
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).isEmpty());
    assertThat(provider.list()).extracting(Machine::name).containsExactly(machine.name());
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
        Thread.onSpinWait();
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
        Thread.onSpinWait();
      }
      faults().expireKeys();
      faults().cutStreams(machine.id());

      assertThat(terminal.failure()).hasMessageContaining("some of its processes may still run");
      faults().renewKeys();
    }
  }

  /** A terminal whose size does not change. */
  private static final class Screen implements Terminal {
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
