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
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

@RequiresDocker
class RemoteEngineIT {
  private static String socket() {
    return new EndpointDiscovery(TestHost.real(), SocketProbe.CONNECTING).find().uri().getPath();
  }

  private static LiveEngine behind(TcpRelay relay, Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("DOCKER_HOST", "tcp://127.0.0.1:" + relay.port());
    return new LiveEngine(TestHost.with(all, Map.of()));
  }

  @Test
  void anEngineOverTcpDoesAllButMountAndReachThisMachine() throws IOException {
    try (TcpRelay relay = TcpRelay.plain(socket());
        LiveEngine live = behind(relay, Map.of())) {
      assertThat(live.provider.capabilities()).doesNotContain(Capability.BIND_MOUNTS);
      assertThat(live.provider.hostAddress()).isEmpty();
      LiveEngine.Shape mounting =
          LiveEngine.Shape.PLAIN.mounts(new Mount(Path.of("/tmp"), "/workspace", true));
      assertThatThrownBy(() -> live.create(mounting)).isInstanceOf(RefusedException.class);

      Machine machine = live.create();

      assertThat(live.run(machine, Command.of("wc", "-c"), new byte[5 << 20])).isEqualTo("5242880");
      assertThatThrownBy(
              () ->
                  live.run(
                      machine, Command.of("sleep", "5000").within(Duration.ofMillis(300)), null))
          .isInstanceOf(TimedOutException.class);
      assertThat(live.sh(machine, "pgrep sleep | wc -l")).isEqualTo("1");
    }
  }

  @Test
  void anEngineOverTlsRunsCommandsAndSeesTheirInputEnd() throws IOException {
    Map<String, String> environment =
        Map.of("DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH", TlsTest.files().toString());
    try (TcpRelay relay = TcpRelay.secure(socket(), Tls.context(TlsTest.files()));
        LiveEngine live = behind(relay, environment)) {
      Machine machine = live.create();

      assertThat(live.run(machine, Command.of("wc", "-c"), new byte[5 << 20])).isEqualTo("5242880");
      String known = live.docker(client -> client.inspectContainerCmd(machine.id()).exec().getId());
      assertThat(known).isEqualTo(machine.id());
    }
  }
}
