package dev.dispense.daytona;

import dev.dispense.Environment;
import dev.dispense.spi.SandboxProvider;
import java.nio.file.Path;

/** Opens the provider for the fake service, whatever the user who runs the tests has set up. */
record FakeProviderFactory(FakeService service, Path home) implements SandboxProvider.Factory {
  static final String ID = "daytona-fake";

  @Override
  public String id() {
    return ID;
  }

  @Override
  public SandboxProvider open(Environment host) {
    return new DaytonaProviderFactory().open(service.host(home));
  }
}
