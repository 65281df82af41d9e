package dev.dispense.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.NetworkPolicy;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.escape.EscapeContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The sandboxes share a gateway, which a sandbox that no test touches keeps running. */
@RequiresDocker
class DockerEscapeIT extends EscapeContract {
  @TempDir static Path shared;
  private static LiveEngine live;

  @BeforeAll
  static void startGateway() throws IOException {
    shared = shared.toRealPath();
    live = new LiveEngine(TestHost.withState(state()));
    live.create(LiveEngine.Shape.PLAIN.network(NetworkPolicy.NONE));
    assertThat(live.containersOf(shared)).as("the sandbox and its gateway").hasSize(2);
  }

  @AfterAll
  static void nothingElseIsLeft() {
    try {
      assertThat(live.containersOf(shared)).as("the sandbox and its gateway").hasSize(2);
    } finally {
      live.close();
    }
    try (LiveEngine looking = new LiveEngine()) {
      assertThat(looking.containersOf(shared)).isEmpty();
    }
  }

  private static Path state() {
    return shared.resolve("state");
  }

  @Override
  protected SandboxProvider.Factory factory() {
    return new DockerProviderFactory();
  }

  @Override
  protected Path stateDirectory(Path temporaryDirectory) {
    return state();
  }
}
