package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Environment;
import dev.dispense.Progress;
import dev.dispense.Streams;
import dev.dispense.daytona.access.AccessDiscovery;
import dev.dispense.daytona.http.Sleeper;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.LeakCheck;
import dev.dispense.testkit.daytona.cloud.Faults;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine at a service that is about to fail; already its making and its deletion are disturbed.
 */
@ExtendWith(LeakCheck.class)
abstract class DisturbedMachine {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  static final String TOOLBOX = " /toolbox/";
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  @TempDir Path home;
  SandboxProvider provider;
  Machine machine;

  @BeforeEach
  void create() {
    provider = provider(PATIENCE);
    faults().refuse(TOOLBOX, 3, 502, "");
    machine = provider.create(FakeService.spec("mid"), Progress.Listener.NONE);
  }

  /** Returns one that puts up with a sandbox which does not answer for some time. */
  SandboxProvider provider(Duration patience) {
    Environment host = SERVICE.host(home);
    Sleeper quick = duration -> Thread.sleep(Math.min(5, duration.toMillis()));
    return new DaytonaProvider(host, new AccessDiscovery(host).find(), quick, patience);
  }

  @AfterEach
  void delete() {
    faults().tooManyRequests("sandbox-lifecycle", 2, Duration.ofSeconds(7));
    faults().tooManyRequests("authenticated", 2, Duration.ofSeconds(7));
    provider.delete(machine.id());
    assertThat(provider.list()).isEmpty();
    provider.close();
  }

  static Faults faults() {
    return SERVICE.daytona().faults();
  }

  String output(String script) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    int code =
        provider.exec(
            machine.id(),
            Command.of("sh", "-c", script),
            Streams.of(stdout, OutputStream.nullOutputStream()));
    assertThat(code).isZero();
    return stdout.toString(StandardCharsets.UTF_8);
  }
}
