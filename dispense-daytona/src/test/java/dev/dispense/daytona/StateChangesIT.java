package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.DispenseException;
import dev.dispense.Progress;
import dev.dispense.SandboxInfo;
import dev.dispense.spi.Machine;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/** The service fails, or does something of its own, while a sandbox changes its state. */
@RequiresDocker
@RequiresProgram("docker")
class StateChangesIT extends DisturbedMachine {
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
    assertThat(provider.find(machine.name()).orElseThrow().state())
        .isEqualTo(SandboxInfo.State.STOPPED);

    provider.start(machine.id());
    assertThat(output("cat /workspace/kept")).isEqualTo("kept\n");
  }

  @Test
  void theServiceStopsWhatNobodyUsesAfterWholeMinutes() {
    provider.expireAfter(machine.id(), Duration.ofSeconds(1));
    provider.expireAfter(machine.id(), Duration.ofSeconds(121));

    assertThat(SERVICE.calls())
        .contains(
            "POST /api/sandbox/%s/autostop/1".formatted(machine.id()),
            "POST /api/sandbox/%s/autostop/3".formatted(machine.id()));
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
    Machine second = provider.create(FakeService.spec("second"), Progress.Listener.NONE);
    provider.delete(second.id());

    faults().failStart("no runner has room");
    faults().refuse("(GET|DELETE) /api/sandbox/", 12, 502, "");
    assertThat(failure(() -> provider.create(FakeService.spec("third"), Progress.Listener.NONE)))
        .hasMessageContaining("no runner has room")
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).isEmpty());
    assertThat(provider.list()).extracting(Machine::name).containsExactly(machine.name());
  }
}
