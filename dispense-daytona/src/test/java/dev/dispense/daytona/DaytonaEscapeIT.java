package dev.dispense.daytona;

import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.escape.EscapeContract;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@RequiresDocker
@RequiresProgram("docker")
class DaytonaEscapeIT extends EscapeContract {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  @TempDir Path home;

  @Override
  protected SandboxProvider.Factory factory() {
    return new FakeProviderFactory(SERVICE, home);
  }

  /** The service does; what stands in for it here has others. */
  @Override
  protected boolean makesTheWalls() {
    return false;
  }
}
