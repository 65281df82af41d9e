package dev.dispense.git;

import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.EscapeContract;
import dev.dispense.testkit.UnisolatedProviderFactory;
import org.junit.jupiter.api.Tag;

@Tag("once")
class UnisolatedEscapeTest extends EscapeContract {
  @Override
  protected SandboxProvider.Factory factory() {
    return new UnisolatedProviderFactory();
  }
}
