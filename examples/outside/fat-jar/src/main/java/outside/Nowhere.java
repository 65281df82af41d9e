package outside;

import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import dev.dispense.spi.SandboxProvider;

/** A plugin of the program's own: a provider that has no place for sandboxes. */
public final class Nowhere implements SandboxProvider.Factory {
  @Override
  public String id() {
    return "nowhere";
  }

  @Override
  public SandboxProvider open(Environment host) {
    throw new UnavailableException("There is no place for sandboxes.");
  }
}
