package dev.dispense.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.HostConfig;
import dev.dispense.Command;
import dev.dispense.Resources;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.spi.Machine;
import dev.dispense.testkit.RequiresDocker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresDocker
class IsolationIT {
  private LiveEngine live;

  @BeforeEach
  void connect() {
    live = new LiveEngine();
  }

  @AfterEach
  void cleanUp() {
    live.close();
  }

  @Test
  void anOpenSandboxReachesThisMachineByItsHostAddress() throws IOException {
    String address = live.provider.hostAddress().orElseThrow();
    Machine machine = live.create();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
      CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answer(server));

      assertThat(
              live.sh(
                  machine,
                  "socat -T 5 - \"TCP4:$1:$2,connect-timeout=5\" </dev/null",
                  address,
                  Integer.toString(server.getLocalPort())))
          .isEqualTo("from outside");
      answered.join();
    }
  }

  private static void answer(ServerSocket server) {
    try (Socket client = server.accept()) {
      client.getOutputStream().write("from outside".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Timeout(50)
  void whoLetsASandboxExpireIsNotHeldUpByIt() {
    Machine machine = live.create();
    live.sh(machine, "cd /dispense && mkfifo expires.new && rm -f main && mkfifo main");

    live.provider.expireAfter(machine.id(), Duration.ofHours(1));

    assertThat(live.sh(machine, "cat /dispense/expires")).isEqualTo("3600");
  }

  @Test
  void nothingInASandboxHasOrCanGetPrivileges() {
    for (int uid : new int[] {0, 4711}) {
      Machine machine = live.create(LiveEngine.Shape.PLAIN.user(uid, uid));
      String status = live.sh(machine, "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status");

      assertThat(status.replaceAll("\\s+", " "))
          .isEqualTo(
              "CapInh: 0000000000000000 CapPrm: 0000000000000000 CapEff: 0000000000000000"
                  + " CapBnd: 0000000000000000 CapAmb: 0000000000000000 NoNewPrivs: 1 Seccomp: 2");
      assertThat(
              live.run(
                  machine,
                  Command.of("grep", "-c", "CapEff.*0000$", "/proc/self/status").as("0"),
                  null))
          .isEqualTo("1");
    }
  }

  @Test
  void nothingOfTheHostIsSharedButWhatWasMounted() {
    Machine machine = live.create();
    InspectContainerResponse container =
        live.docker(client -> client.inspectContainerCmd(machine.id()).exec());
    HostConfig config = container.getHostConfig();

    assertThat(config.getPrivileged()).isFalse();
    assertThat(config.getNetworkMode()).isEqualTo("dispense");
    assertThat(config.getPidMode()).isIn("", "private");
    assertThat(config.getIpcMode()).isIn("", "private", "shareable");
    assertThat(config.getUsernsMode()).isIn("", "private");
    assertThat(container.getMounts()).isEmpty();
    assertThat(live.sh(machine, "ls /var/run/docker.sock 2>/dev/null")).startsWith("[exit");
  }

  @Test
  void limitsAreInForce() {
    Machine machine =
        live.create(LiveEngine.Shape.PLAIN.resources(new Resources(0.5, 128L << 20, 77)));
    String limits =
        live.sh(
            machine,
            """
            if [ -e /sys/fs/cgroup/memory.max ]; then
              cd /sys/fs/cgroup; cat memory.max memory.swap.max pids.max cpu.max
            else
              cd /sys/fs/cgroup
              cat memory/memory.limit_in_bytes pids/pids.max cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us
            fi
            """);

    assertThat(List.of(limits.split("\\s+"))).contains("134217728", "77", "50000", "100000");
  }

  @Test
  void nothingLeavesAnImageOfItsMemory() {
    Machine machine = live.create();

    assertThat(live.sh(machine, "grep core /proc/self/limits").replaceAll("\\s+", " "))
        .isEqualTo("Max core file size 1 1 bytes");
    assertThat(live.sh(machine, "sh -c 'kill -SEGV $$' >/dev/null 2>&1; ls /workspace")).isEmpty();
  }

  @Test
  void moreProcessorsThanTheEngineHasAreNoFailure() {
    Machine machine =
        live.create(LiveEngine.Shape.PLAIN.resources(Resources.DEFAULT.withCpus(512)));

    assertThat(live.sh(machine, "echo runs")).isEqualTo("runs");
  }

  @Test
  void theSecretsAreInMemoryAndPrivateAlsoAfterARestart() {
    Machine machine = live.create();
    String look = "stat -f -c %T \"$1\"; stat -c '%a %u:%g' \"$1\"; ls -A \"$1\"";
    String secrets = live.provider.layout(machine.name()).secrets();
    assertThat(live.sh(machine, look, secrets)).isEqualTo("tmpfs\n700 4711:4712");
    live.sh(machine, "echo key > \"$1/key\"", secrets);

    live.provider.stop(machine.id(), Duration.ofSeconds(5));
    live.provider.start(machine.id());

    assertThat(live.sh(machine, look, secrets)).isEqualTo("tmpfs\n700 4711:4712");
  }
}
