package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.NetworkPolicy;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.Secret;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.docker.DockerProviderFactory;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.Route;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine is started again while a sandbox has a gateway. */
@RequiresDocker
@RequiresProgram({"docker", "dockerd", "containerd", "unshare"})
class EngineGatewayIT {
  // The machine, as a sandbox knows it: where this engine is no name server answers.
  private static final String MACHINE = "host.docker.internal";
  private static final NetworkPolicy HOSTS = new NetworkPolicy.Allow(Set.of(MACHINE));
  private static final Route ROUTE =
      new Route(
          "model",
          URI.create("http://localhost"),
          Map.of("X-Api-Key", Secret.of("key")),
          List.of("/v1/"));
  // Until somebody is there: both the gateway and what leads to it are just being started. A client
  // that closes its half of a connection wants no answer any more, says Squid.
  private static final String STATUS =
      "for turn in $(seq 60); do"
          + " answer=$({ printf '%s HTTP/1.0\\r\\n\\r\\n' \"$2\"; sleep 0.3; } |"
          + " socat -t 5 - \"TCP:127.0.0.1:$1\" 2>/dev/null | head -n 1);"
          + " [ -z \"$answer\" ] || break; sleep 0.1; done; echo \"$answer\" | cut -d ' ' -f 2";

  private static OwnEngine engine;
  private static String image;

  @TempDir static Path first;
  @TempDir Path root;

  @BeforeAll
  static void startEngine() throws IOException {
    OwnEngine.missing().ifPresent(Requirement::missing);
    image = imageOfGateway();
    engine = new OwnEngine(Files.createTempDirectory("dispense-engine"));
    engine.start();
    engine.load(image);
  }

  @AfterAll
  static void stopEngine() {
    if (engine != null) {
      engine.close();
    }
  }

  @Test
  void whenTheEngineWasStoppedAllComesBackByItself() {
    withSandbox(
        sandbox -> {
          engine.stop();
          engine.start();

          assertReached(sandbox);
        });
  }

  /** It then holds all of its containers for stopped by hand. */
  @Test
  void whenTheEngineWasKilledTheGatewayComesBackWithTheSandbox() {
    withSandbox(
        sandbox -> {
          engine.kill();
          engine.start();

          while (sandbox.info().state() == SandboxInfo.State.PENDING) {
            LockSupport.parkNanos(5_000_000);
          }
          sandbox.start();
          assertReached(sandbox);
        });
  }

  @Test
  void whoeverRemovedTheGatewayGetsItBackWithTheSandbox() {
    withSandbox(
        sandbox -> {
          engine.docker("rm", "-f", gateway()).succeeds();

          sandbox.start();
          assertReached(sandbox);
        });
  }

  private static String gateway() {
    String filter = "name=dispense-gateway-";
    return engine.docker("ps", "-q", "--filter", filter).succeeds().stdout().strip();
  }

  private void withSandbox(Consumer<Sandbox> work) {
    ScriptedAgent agent = ScriptedAgent.builder().succeed("Done.").build();
    CrashScene scene =
        new CrashScene(root, "docker", "engine-gateway", agent).at(engine.address(), image);
    try (Dispense dispense = scene.open();
        SandboxProvider provider = new DockerProviderFactory().open(scene.host())) {
      Sandbox sandbox =
          dispense.create(SandboxSpec.builder(scene.name()).image(image).network(HOSTS).build());
      provider
          .gateways()
          .orElseThrow()
          .openRoutes(sandbox.info().id().orElseThrow(), List.of(ROUTE));
      assertReached(sandbox);

      work.accept(sandbox);

      assertThat(sandbox.run(TaskSpec.of("Work")).await().state())
          .isEqualTo(TaskInfo.State.SUCCEEDED);
      sandbox.delete();
      assertThat(engine.docker("ps", "-aq").succeeds().stdout()).isEmpty();
    }
  }

  private static void assertReached(Sandbox sandbox) {
    String path = new Gateway("", 3129).overLoopback(ROUTE).getPath();
    assertThat(status(sandbox, "3129", "GET " + path + "/v1/x")).isEqualTo("502");
    assertThat(status(sandbox, "3129", "GET " + path + "/v2/x")).isEqualTo("403");
    assertThat(status(sandbox, "3128", "GET http://" + MACHINE + "/")).isEqualTo("503");
    assertThat(status(sandbox, "3128", "GET http://refused.invalid/")).isEqualTo("403");
    assertThat(sandbox.network().policy()).isEqualTo(HOSTS);
  }

  private static String status(Sandbox sandbox, String port, String request) {
    Command command = Command.of("sh", "-c", STATUS, "sh", port, request);
    return sandbox.exec(command).stdout().strip();
  }

  /** Returns the image of the gateway, made by the engine of the machine, which can make it. */
  private static String imageOfGateway() {
    CrashScene scene = new CrashScene(first, "docker", "gateway-image");
    String list =
        "docker ps --no-trunc --format '{{.Image}} {{.Mounts}}' | grep -F \"$1\" |"
            + " grep -o '^dispense/gateway:[0-9a-f]*'";
    try (Dispense dispense = scene.open()) {
      Sandbox sandbox = dispense.create(SandboxSpec.builder(scene.name()).build());
      try {
        return new CommandLine(first, Map.of())
            .run(List.of("sh", "-c", list, "sh", scene.state().toString()))
            .succeeds()
            .stdout()
            .strip();
      } finally {
        sandbox.delete();
      }
    }
  }
}
