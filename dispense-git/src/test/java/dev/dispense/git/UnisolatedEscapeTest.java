package dev.dispense.git;

import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.escape.EscapeContract;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;

class UnisolatedEscapeTest extends EscapeContract {
  @Override
  protected SandboxProvider.Factory factory() {
    return new UnisolatedProviderFactory();
  }
}
