package dev.dispense.docker;

import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.provider.ProviderContract;
import org.junit.jupiter.api.Tag;

@RequiresDocker
@Tag("jdk")
class DockerProviderIT extends ProviderContract {
  @Override
  protected SandboxProvider open() {
    return new DockerProviderFactory().open(TestHost.real());
  }
}
