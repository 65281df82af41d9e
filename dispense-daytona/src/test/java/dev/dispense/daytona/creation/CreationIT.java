package dev.dispense.daytona.creation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Resources;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.DaytonaProvider;
import dev.dispense.daytona.FakeService;
import dev.dispense.daytona.TestHost;
import dev.dispense.daytona.access.AccessDiscovery;
import dev.dispense.daytona.http.Sleeper;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.LeakCheck;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.daytona.cloud.Faults;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@RequiresDocker
@ExtendWith(LeakCheck.class)
@RequiresProgram("docker")
class CreationIT {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  private static final String CREATION = "POST /api/sandbox$";

  @TempDir Path home;
  private SandboxProvider provider;

  @BeforeEach
  void open() {
    provider = open(SERVICE.host(home).variables());
  }

  private SandboxProvider open(Map<String, String> environment) {
    Environment host = TestHost.at(home, environment);
    Sleeper quick = duration -> Thread.sleep(Math.min(20, duration.toMillis()));
    return new DaytonaProvider(
        host, new AccessDiscovery(host).find(), quick, Duration.ofSeconds(20));
  }

  @AfterEach
  void close() {
    List<Machine> left = provider.list();
    provider.close();
    assertThat(left).isEmpty();
  }

  private static Faults faults() {
    return SERVICE.daytona().faults();
  }

  private static MachineSpec spec(Optional<String> image, Resources resources) {
    return new MachineSpec(
        new SandboxName("made"),
        image,
        List.of(),
        Map.of("dev.dispense.sandbox", "made"),
        Map.of("PATH", "/extra", "HOME", "/root", "OTHER", "value"),
        List.of(),
        resources,
        NetworkPolicy.OPEN,
        false,
        0,
        0);
  }

  private Machine create() {
    return provider.create(spec(Optional.empty(), Resources.DEFAULT), Progress.Listener.NONE);
  }

  private void assertNotCreated(String... words) {
    assertThatThrownBy(this::create)
        .isInstanceOf(UnavailableException.class)
        .hasMessageStartingWith("Tried to create the sandbox 'made' but failed because ")
        .satisfies(thrown -> assertThat(thrown.getMessage()).contains(words));
    assertThat(provider.find(new SandboxName("made"))).isEmpty();
  }

  @Test
  void itTakesTwoCallsAndWhatWaitsAndACommandTakesOne() {
    Machine machine = create();
    List<String> created = SERVICE.calls();
    assertThat(created.stream().filter(call -> !call.startsWith("GET "))).hasSize(2);

    int code =
        provider.exec(
            machine.id(),
            Command.of(
                "sh", "-c", "[ \"$PATH:$HOME:$OTHER\" = \"/extra:${PATH#*:}:/root:value\" ]"),
            Streams.of(OutputStream.nullOutputStream(), OutputStream.nullOutputStream()));
    assertThat(code).isZero();
    assertThat(SERVICE.calls()).hasSize(created.size() + 1);
    provider.delete(machine.id());
  }

  @Test
  void whatIsMadeFromAnImageHasResources() {
    String image =
        System.getenv().getOrDefault("DISPENSE_DOCKER_BASE_IMAGE", "debian:bookworm-slim");
    Resources resources = Resources.DEFAULT.withCpus(1).withMemoryBytes(2L << 30);
    Machine machine = provider.create(spec(Optional.of(image), resources), Progress.Listener.NONE);

    assertThat(machine.image()).isEqualTo(image);
    provider.delete(machine.id());
  }

  @Test
  void resourcesThatCannotBeHadAreRefusedBeforeAnyCall() {
    for (MachineSpec refused :
        List.of(
            spec(Optional.empty(), Resources.DEFAULT.withCpus(4)),
            spec(Optional.of("snapshot:big"), Resources.DEFAULT.withCpus(4)),
            spec(Optional.of("debian:12"), Resources.DEFAULT.withCpus(0.5)),
            spec(Optional.of("debian:12"), Resources.DEFAULT.withMemoryBytes(512L << 20)),
            spec(Optional.of("debian:12"), Resources.DEFAULT.withProcesses(64)),
            spec(Optional.of("debian\nRUN evil"), Resources.DEFAULT))) {
      assertThatThrownBy(() -> provider.create(refused, Progress.Listener.NONE))
          .isInstanceOf(RefusedException.class);
    }
    assertThat(SERVICE.calls()).isEmpty();
  }

  @Test
  void whatDoesNotStartIsRemovedAndSaysWhy() {
    faults().failStart("no runner has room");

    assertNotCreated("no runner has room");
    assertThat(SERVICE.calls()).anyMatch(call -> call.startsWith("DELETE "));
  }

  @Test
  void whatWasMadeAlthoughTheAnswerWasLostIsUsed() {
    faults().loseAnswer(CREATION);
    Machine machine = create();

    assertThat(provider.list()).containsExactly(machine);
    provider.delete(machine.id());
  }

  @Test
  void aServerThatStumblesIsAskedAgain() {
    faults().refuse(CREATION, 1, 502, "");
    faults().tooManyRequests("sandbox-create", 2, Duration.ofSeconds(1));
    faults().refuse("GET /api/sandbox/", 2, 502, "");
    Machine machine = create();

    faults().refuse("DELETE /api/sandbox/", 2, 409, "Sandbox state change in progress");
    faults().tooManyRequests("sandbox-lifecycle", 1, Duration.ofSeconds(1));
    provider.delete(machine.id());
  }

  @Test
  void whatTheAccountLacksIsTold() {
    faults().refuse(CREATION, 1, 400, "Total CPU limit exceeded. Maximum allowed: 10.");
    assertNotCreated("Total CPU limit exceeded", "Stop or delete sandboxes");

    faults().refuse(CREATION, 1, 403, "Sandbox quota exceeded");
    assertNotCreated("Sandbox quota exceeded", "Stop or delete sandboxes");

    faults().refuse(CREATION, 1, 403, "Access denied");
    assertNotCreated("permissions");

    faults().refuse(CREATION, 1, 404, "Volume 'data' not found");
    assertNotCreated("Volume 'data' not found");
  }

  @Test
  void aServerInMaintenanceIsTold() {
    faults().maintenance(true);
    Throwable thrown = catchThrowable(this::create);
    faults().maintenance(false);

    assertThat(thrown)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("not available at the moment");
  }

  @Test
  void aRegionThatIsNotThereIsTold() {
    Map<String, String> environment = new TreeMap<>(SERVICE.host(home).variables());
    environment.put("DAYTONA_TARGET", "mars");
    provider.close();
    provider = open(environment);

    assertNotCreated("the region 'mars'", "DAYTONA_TARGET");
  }

  @Test
  void aKeyOfAnotherOrganizationSeesNothing() {
    Machine machine = create();
    Map<String, String> environment = new TreeMap<>(SERVICE.host(home).variables());
    environment.put("DAYTONA_API_KEY", SERVICE.daytona().newKey("another", Set.of()));
    try (SandboxProvider other = open(environment)) {
      assertThat(other.list()).isEmpty();
      assertThat(other.find(machine.name())).isEmpty();
      other.delete(machine.id());
    }

    assertThat(provider.list()).containsExactly(machine);
    provider.delete(machine.id());
  }

  @Test
  void whatIsInterruptedWhileItStartsIsRemoved() throws Exception {
    faults().freeze();
    FutureTask<Throwable> creation = new FutureTask<>(() -> catchThrowable(this::create));
    Thread thread = new Thread(creation, "interrupted");
    thread.start();
    while (SERVICE.calls().isEmpty()) {
      LockSupport.parkNanos(5_000_000);
    }
    thread.interrupt();
    faults().thaw();
    thread.join(60_000);

    assertThat(creation).isDone();
    assertThat(creation.get()).isInstanceOf(DispenseException.class);
  }
}
