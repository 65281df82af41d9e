package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Gateway;
import dev.dispense.NetworkPolicy;
import dev.dispense.Route;
import dev.dispense.Sandbox;
import dev.dispense.SandboxProvider;
import dev.dispense.SandboxSpec;
import dev.dispense.SandboxState;
import dev.dispense.Secret;
import dev.dispense.TaskSpec;
import dev.dispense.TaskState;
import dev.dispense.docker.DockerProviderFactory;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.ScriptedAgent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine is killed and started again while a sandbox has a gateway. */
@RequiresDocker
@Tag("once")
class EngineGatewayIT {
  private static final NetworkPolicy HOSTS = new NetworkPolicy.Allow(Set.of("allowed.invalid"));

  // An address: where this engine is no name server answers.
  private static final Route ROUTE =
      new Route(
          "model",
          URI.create("http://localhost"),
          Map.of("X-Api-Key", Secret.of("key")),
          List.of("/v1/"));
  // Until somebody is there: both the gateway and what leads to it are just being started.
  private static final String STATUS =
      "for turn in $(seq 600); do answer=$(printf '%s HTTP/1.0\\r\\n\\r\\n' \"$1\" |"
          + " socat -t 5 - \"TCP:127.0.0.1:3129\" 2>/dev/null | head -n 1);"
          + " [ -z \"$answer\" ] || break; sleep 0.1; done; echo \"$answer\" | cut -d ' ' -f 2";

  @TempDir Path root;

  @Test
  void theGatewayComesBackWithItsRoutesAndItsListOfHosts() throws IOException {
    OwnEngine.missing().ifPresent(Requirement::missing);
    ScriptedAgent agent = ScriptedAgent.builder().succeed("Done.").build();
    String image = imageOfGateway(agent);
    try (OwnEngine engine = new OwnEngine(Files.createTempDirectory("dispense-engine"))) {
      engine.start();
      engine.load(image);
      CrashScene scene =
          new CrashScene(root, "docker", "engine-gateway", agent).at(engine.address(), image);
      try (Dispense dispense = scene.open();
          SandboxProvider provider = new DockerProviderFactory().open(scene.host())) {
        Sandbox sandbox =
            dispense.create(SandboxSpec.builder(scene.name()).image(image).network(HOSTS).build());
        provider.open(sandbox.info().id().orElseThrow(), List.of(ROUTE));
        assertReached(sandbox);

        engine.kill();
        engine.start();

        while (sandbox.info().state() == SandboxState.PENDING) {
          Thread.onSpinWait();
        }
        sandbox.start();
        assertReached(sandbox);
        assertThat(sandbox.run(TaskSpec.of("Work")).await().state()).isEqualTo(TaskState.SUCCEEDED);
        sandbox.delete();
        assertThat(engine.docker("ps", "-aq").succeeds().stdout()).isEmpty();
      }
    }
  }

  private void assertReached(Sandbox sandbox) {
    Gateway gateway = new Gateway("", 3129);
    String path = gateway.overLoopback(ROUTE).getPath();
    assertThat(status(sandbox, "GET " + path + "/v1/x")).isEqualTo("502");
    assertThat(status(sandbox, "GET " + path + "/v2/x")).isEqualTo("403");
    assertThat(sandbox.network().policy()).isEqualTo(HOSTS);
  }

  private static String status(Sandbox sandbox, String request) {
    Command command = Command.of("sh", "-c", STATUS, "sh", request);
    return sandbox.exec(command).stdout().strip();
  }

  /** Returns the image of the gateway, made by the engine of the machine, which can make it. */
  private String imageOfGateway(ScriptedAgent agent) {
    CrashScene scene = new CrashScene(root.resolve("first"), "docker", "gateway-image", agent);
    String list =
        "docker ps --no-trunc --format '{{.Image}} {{.Mounts}}' | grep -F \"$1\" |"
            + " grep -o '^dispense/gateway:[0-9a-f]*'";
    try (Dispense dispense = scene.open()) {
      Sandbox sandbox = dispense.create(SandboxSpec.builder(scene.name()).build());
      try {
        return new CommandLine(root, Map.of())
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
