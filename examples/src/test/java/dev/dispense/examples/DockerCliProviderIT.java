package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.provider.ProviderContract;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

@RequiresDocker
class DockerCliProviderIT extends ProviderContract {
  @Override
  protected SandboxProvider open() {
    return new DockerCliProvider.Factory().open(Environment.current());
  }

  @Override
  protected boolean supportsTerminal() {
    return false;
  }

  @AfterAll
  static void removeTheNetwork() {
    assertThat(DockerCommand.run(List.of("network", "rm", "docker-cli")).isSuccess()).isTrue();
  }
}
