package dev.dispense.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.RefusedException;
import dev.dispense.TimedOutException;
import dev.dispense.docker.TcpRelay;
import dev.dispense.docker.TestHost;
import dev.dispense.spi.Machine;
import dev.dispense.spi.Mount;
import dev.dispense.testkit.RequiresDocker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RequiresDocker
class RemoteEngineIT {
  private TcpRelay relay;
  private LiveEngine live;

  @BeforeEach
  void connect() throws IOException {
    Endpoint local = new EndpointDiscovery(TestHost.real(), SocketProbe.CONNECTING).find();
    relay = TcpRelay.plain(local.uri().getPath());
    live =
        new LiveEngine(
            TestHost.with(Map.of("DOCKER_HOST", "tcp://127.0.0.1:" + relay.port()), Map.of()));
  }

  @AfterEach
  void cleanUp() throws IOException {
    live.close();
    relay.close();
  }

  @Test
  void anEngineOverTcpDoesAllButMountAndReachThisMachine() {
    assertThat(live.provider.capabilities()).doesNotContain(Capability.BIND_MOUNTS);
    assertThat(live.provider.hostAddress()).isEmpty();
    LiveEngine.Shape mounting =
        LiveEngine.Shape.PLAIN.mounts(new Mount(Path.of("/tmp"), "/workspace", true));
    assertThatThrownBy(() -> live.create(mounting)).isInstanceOf(RefusedException.class);

    Machine machine = live.create();

    assertThat(live.run(machine, Command.of("wc", "-c"), new byte[5 << 20])).isEqualTo("5242880");
    assertThatThrownBy(
            () ->
                live.run(machine, Command.of("sleep", "5000").within(Duration.ofMillis(300)), null))
        .isInstanceOf(TimedOutException.class);
    assertThat(live.sh(machine, "pgrep sleep | wc -l")).isEqualTo("1");
  }
}
