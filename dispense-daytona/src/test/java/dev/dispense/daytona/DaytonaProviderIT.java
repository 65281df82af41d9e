package dev.dispense.daytona;

import dev.dispense.SandboxName;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.provider.ProviderContract;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@RequiresDocker
@RequiresProgram("docker")
class DaytonaProviderIT extends ProviderContract {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  @TempDir Path home;

  @Override
  protected SandboxProvider open() {
    return new DaytonaProviderFactory().open(SERVICE.host(home));
  }

  @Override
  protected MachineSpec spec(SandboxName name) {
    return FakeService.withItsUser(super.spec(name));
  }

  @Override
  protected boolean expiresInSeconds() {
    return false;
  }

  @Override
  protected String missingImage() {
    return "snapshot:no-such-snapshot";
  }
}
