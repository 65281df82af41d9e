package dev.dispense.docker;

import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.escape.EscapeContract;
import org.junit.jupiter.api.Tag;

@RequiresDocker
@Tag("once")
class DockerEscapeIT extends EscapeContract {
  @Override
  protected SandboxProvider.Factory factory() {
    return new DockerProviderFactory();
  }
}
