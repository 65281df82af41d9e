package dev.dispense.testkit.unisolated;

import dev.dispense.Environment;
import dev.dispense.spi.SandboxProvider;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link UnisolatedProvider}s. It is not found by {@link java.util.ServiceLoader}: a program
 * that wants sandboxes without isolation adds it explicitly. Safe for use by several threads.
 */
public final class UnisolatedProviderFactory implements SandboxProvider.Factory {
  private final @Nullable Path root;

  /** Makes a factory whose providers keep their machines below the host's state directory. */
  public UnisolatedProviderFactory() {
    this.root = null;
  }

  /** Makes a factory whose providers keep their machines below {@code root}, made when missing. */
  public UnisolatedProviderFactory(Path root) {
    this.root = root;
  }

  /** Returns {@value UnisolatedProvider#ID}. */
  @Override
  public String id() {
    return UnisolatedProvider.ID;
  }

  @Override
  public SandboxProvider open(Environment host) {
    Path directory =
        Optional.ofNullable(root).orElseGet(() -> host.stateDirectory().resolve("unisolated"));
    return host.variable("PATH")
        .map(path -> new UnisolatedProvider(directory, path))
        .orElseGet(() -> new UnisolatedProvider(directory));
  }
}
