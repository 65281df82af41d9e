package dev.dispense.docker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Network;
import dev.dispense.Command;
import dev.dispense.NameTakenException;
import dev.dispense.NotFoundException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.TimedOutException;
import dev.dispense.UnavailableException;
import dev.dispense.docker.TestHost;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.spi.Machine;
import dev.dispense.spi.Mount;
import dev.dispense.testkit.RequiresDocker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresDocker
class ContainersIT {
  @TempDir Path temporary;
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
  void aForeignImageGetsTheLayoutAndItsOwnSearchPath() {
    Machine machine = live.create(LiveEngine.Shape.PLAIN.image(TestHost.BASE));

    assertThat(
            live.sh(
                machine,
                "for d in /workspace /dispense /home/agent; do stat -c '%n %u:%g %a' $d; touch $d/x"
                    + " || exit; done; id -u; id -g; pwd; echo $HOME"))
        .isEqualTo(
            """
            /workspace 4711:4712 755
            /dispense 4711:4712 755
            /home/agent 4711:4712 755
            4711
            4712
            /workspace
            /home/agent""");
    assertThat(live.sh(machine, "echo $PATH")).endsWith("/usr/bin:/sbin:/bin");
    assertThat(machine.image()).isEqualTo(TestHost.BASE);
  }

  @Test
  void theOwnerAndModeOfWhatIsMountedAreLeftAlone() throws IOException {
    Path workspace =
        Files.createDirectory(
            temporary.resolve("w"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x---")));
    Object owner = Files.getAttribute(workspace, "unix:uid");

    live.create(LiveEngine.Shape.PLAIN.mounts(new Mount(workspace, "/workspace", false)));

    assertThat(Files.getAttribute(workspace, "unix:uid")).isEqualTo(owner);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(workspace)))
        .isEqualTo("rwx--x---");
  }

  @Test
  void aContainerOfSomebodyElseTakesItsNameAndIsNeverTouched() {
    SandboxName name = live.name();
    String id =
        live.docker(
            client ->
                client
                    .createContainerCmd(TestHost.BASE)
                    .withName("dispense-" + name)
                    .withCmd("true")
                    .exec()
                    .getId());
    try {
      assertThatThrownBy(
              () ->
                  live.provider.create(
                      live.spec(name, LiveEngine.Shape.PLAIN), Progress.Listener.NONE))
          .isInstanceOf(NameTakenException.class)
          .hasMessageContaining("dispense-" + name);
      assertThat(live.provider.find(name)).isEmpty();
      assertThat(live.provider.list()).noneMatch(machine -> machine.id().equals(id));
      live.provider.delete(id);
      assertThatThrownBy(() -> live.provider.start(id)).isInstanceOf(NotFoundException.class);
      assertThat(live.<String>docker(client -> client.inspectContainerCmd(id).exec().getId()))
          .isEqualTo(id);
    } finally {
      live.<Object>docker(client -> client.removeContainerCmd(id).exec());
    }
  }

  @Test
  void aContainerThatMerelyHasOurLabelsIsNeverTouched() {
    Machine machine = live.create();
    Map<String, String> ours =
        live.<Map<String, String>>docker(
            client -> client.inspectContainerCmd(machine.id()).exec().getConfig().getLabels());
    String id =
        live.docker(
            client ->
                client
                    .createContainerCmd(TestHost.BASE)
                    .withName("mimic-" + machine.name())
                    .withLabels(ours)
                    .withCmd("sleep", "1000")
                    .exec()
                    .getId());
    try {
      assertThat(live.provider.find(machine.name()).orElseThrow().id()).isEqualTo(machine.id());
      assertThat(live.provider.list()).noneMatch(other -> other.id().equals(id));
      assertThatThrownBy(() -> live.provider.start(id)).isInstanceOf(NotFoundException.class);
      live.provider.delete(id);
      assertThat(live.<String>docker(client -> client.inspectContainerCmd(id).exec().getId()))
          .isEqualTo(id);
    } finally {
      live.<Object>docker(client -> client.removeContainerCmd(id).withForce(true).exec());
    }
  }

  @Test
  void anImageWithOurLabelsMakesNoSandbox() {
    String image = "dispense-it/mimic:" + live.name();
    String source = live.docker(client -> client.createContainerCmd(TestHost.BASE).exec().getId());
    try {
      live.<Object>docker(
          client ->
              client
                  .commitCmd(source)
                  .withRepository(image.substring(0, image.indexOf(':')))
                  .withTag(image.substring(image.indexOf(':') + 1))
                  .withLabels(Map.of("dev.dispense.owner", "somebody"))
                  .exec());
      assertThatThrownBy(() -> live.create(LiveEngine.Shape.PLAIN.image(image)))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("dev.dispense.");
    } finally {
      live.<Object>docker(client -> client.removeContainerCmd(source).exec());
      live.<Object>docker(client -> client.removeImageCmd(image).exec());
    }
  }

  @Test
  void labelsOfTheImageAreNotThoseOfTheSandbox() {
    Machine machine = live.create();

    assertThat(live.provider.find(machine.name()).orElseThrow().labels())
        .isEqualTo(Map.of("dev.dispense.test", "docker-it"));
  }

  @Test
  void aTimeOutAlsoKillsWhatLeftItsSessionAndItsEnvironment() {
    Machine machine = live.create();
    String script =
        "env -i setsid sleep 5000 & setsid env -i sleep 5000 & setsid sleep 5000 & wait";

    assertThatThrownBy(
            () ->
                live.run(
                    machine, Command.of("sh", "-c", script).within(Duration.ofMillis(700)), null))
        .isInstanceOf(TimedOutException.class);
    assertThat(live.sh(machine, "pgrep -f '[s]leep 5000'")).isEqualTo("[exit 1]");
  }

  @Test
  void fiveMegabytesOfInputEnd() {
    Machine machine = live.create();

    assertThat(live.run(machine, Command.of("wc", "-c"), new byte[5 << 20])).isEqualTo("5242880");
  }

  @Test
  void aCommandThatClosesItsOutputsIsWaitedFor() {
    Machine machine = live.create();

    assertThat(live.sh(machine, "exec >&- 2>&-; sleep 0.5; exit 7")).isEqualTo("[exit 7]");
  }

  @Test
  void stoppingLetsProcessesEndByThemselves() {
    Machine machine = live.create();
    live.sh(
        machine,
        "setsid sh -c 'trap \"sleep 0.3; echo ended > /workspace/said; exit\" TERM; touch"
            + " /workspace/up; while :; do sleep 0.1; done' >/dev/null 2>&1 </dev/null & until [ -e"
            + " /workspace/up ]; do sleep 0.05; done");

    live.provider.stop(machine.id(), Duration.ofSeconds(20));
    live.provider.start(machine.id());

    assertThat(live.sh(machine, "cat /workspace/said")).isEqualTo("ended");
  }

  @Test
  void aPausedSandboxIsStoppedAndGoesOnWhenStarted() {
    Machine machine = live.create();
    live.<Object>docker(client -> client.pauseContainerCmd(machine.id()).exec());

    assertThat(live.provider.find(machine.name()).orElseThrow().state())
        .isEqualTo(SandboxInfo.State.STOPPED);
    assertThatThrownBy(() -> live.sh(machine, "true")).isInstanceOf(UnavailableException.class);
    live.provider.start(machine.id());

    assertThat(live.sh(machine, "echo on")).isEqualTo("on");
  }

  @Test
  void aSandboxWhoseEndIsCutOffReportsNoSuccess() {
    Machine machine = live.create();
    CompletableFuture<String> running =
        CompletableFuture.supplyAsync(() -> live.sh(machine, "touch /workspace/up; sleep 1000"));
    live.sh(machine, "until [ -e /workspace/up ]; do sleep 0.05; done");

    live.<Object>docker(client -> client.killContainerCmd(machine.id()).exec());

    assertThat(running.handle((text, failure) -> failure == null ? text : "failed").join())
        .isIn("[exit 137]", "failed");
  }

  @Test
  void ofManyThatCreateTheNetworkAtOnceAllUseTheOneThatIsMade() throws Exception {
    String name = "dispense-it-network";
    int count = 8;
    CyclicBarrier barrier = new CyclicBarrier(count);
    List<CompletableFuture<String>> all = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        all.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try (LiveEngine other = new LiveEngine()) {
                    other.engine.info();
                    barrier.await();
                    return new BridgeNetwork(other.engine, name, "dispenseit0").ensure().getId();
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                },
                work -> new Thread(work).start()));
      }
      List<String> ids = all.stream().map(CompletableFuture::join).distinct().toList();

      assertThat(ids).hasSize(1);
      List<Network> networks =
          live.docker(client -> client.listNetworksCmd().withNameFilter(name).exec());
      assertThat(networks).extracting(Network::getId).isEqualTo(ids);
    } finally {
      live.docker(client -> client.listNetworksCmd().withNameFilter(name).exec())
          .forEach(
              network ->
                  live.<Object>docker(client -> client.removeNetworkCmd(network.getId()).exec()));
    }
  }

  @Test
  void theHostsCertificateAuthoritiesAreTrustedInTheSandbox() throws IOException {
    Path bundle = Files.writeString(temporary.resolve("bundle.crt"), "authorities\n");
    try (LiveEngine trusting =
        new LiveEngine(TestHost.with(Map.of("CURL_CA_BUNDLE", bundle.toString()), Map.of()))) {
      Machine machine = trusting.create();

      assertThat(
              trusting.sh(
                  machine,
                  "for f in \"$SSL_CERT_FILE\" \"$NODE_EXTRA_CA_CERTS\" \"$CURL_CA_BUNDLE\""
                      + " \"$GIT_SSL_CAINFO\"; do cat \"$f\"; done"))
          .isEqualTo("authorities\n".repeat(4).strip());
    }
  }
}
