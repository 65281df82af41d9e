package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Kills clients of sandboxes that have a gateway, where something of it is made or removed. */
@RequiresDocker
@RequiresProgram("docker")
class GatewayCrashIT extends CrashCases {
  private static final Set<String> OF_GATEWAY =
      Set.of(
          "gateway started",
          "gateway seat claimed",
          "container created",
          "routes opened",
          "container deleted",
          "gateway removed",
          "prepared sandbox taken");

  @Override
  String provider() {
    return "docker";
  }

  @Override
  CrashScene scene() {
    return super.scene().with(Map.of("DISPENSE_NETWORK", "allow"));
  }

  @Override
  List<CrashedOperation> operations() {
    return List.of(
        CrashedOperation.CREATE,
        CrashedOperation.RUN,
        CrashedOperation.DELETE,
        CrashedOperation.ADOPT);
  }

  @Override
  boolean isOfInterest(String step) {
    return OF_GATEWAY.contains(step);
  }

  @Test
  void preparedSandboxesReachWhatWasAskedForAndGoWithTheirGateway() {
    CrashScene scene = scene();
    NetworkPolicy.Allow wanted = new NetworkPolicy.Allow(Set.of("wanted.invalid"));
    try (Dispense dispense = scene.open()) {
      dispense.fillPool(spec(scene, "one", wanted), 2, Progress.Listener.NONE);

      Sandbox one = dispense.create(spec(scene, "one", wanted));
      one.network().allow(Set.of("further.invalid"));
      Sandbox two = dispense.create(spec(scene, "two", wanted));
      Sandbox none = dispense.create(spec(scene, "none", NetworkPolicy.NONE));
      assertThat(one.network().policy()).isEqualTo(wanted.with(Set.of("further.invalid")));
      assertThat(two.network().policy()).isEqualTo(wanted);
      assertThat(none.network().policy()).isEqualTo(NetworkPolicy.NONE);
      assertThat(scene.files("state/prepared")).noneMatch(path -> path.endsWith("/ready"));

      dispense.fillPool(spec(scene, "one", wanted), 1, Progress.Listener.NONE);
      for (Sandbox sandbox : List.of(one, two, none)) {
        sandbox.delete();
      }
      assertThat(dispense.clearPool()).isEqualTo(1);
    }
    scene.checkNothingIsLeft();
  }

  private static SandboxSpec spec(CrashScene scene, String suffix, NetworkPolicy network) {
    return SandboxSpec.builder(scene.name() + "-" + suffix)
        .source(Source.directory(scene.repository()))
        .network(network)
        .build();
  }
}
