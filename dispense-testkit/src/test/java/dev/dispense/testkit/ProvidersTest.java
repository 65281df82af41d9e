package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.UnavailableException;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which provider is asked first where a name exists at more than one. */
class ProvidersTest {
  private static final String HERE = UnisolatedProvider.ID;
  private static final String AWAY = "away";
  private static final String BROKEN = "broken";

  @TempDir Path root;

  @Test
  void theOneThatIsPreferredOrElseTheOneThatNewSandboxesAreMadeWith() {
    try (Dispense first = user("first");
        Dispense second = user("second")) {
      first.create(spec(HERE)).close();
      second.create(spec(AWAY)).close();

      assertThat(first.sandbox("box").info().provider()).isEqualTo(HERE);
      assertThat(first.sandbox("box", Set.of(HERE)).info().provider()).isEqualTo(HERE);
      assertThat(first.sandbox("box", Set.of(AWAY)).info().provider()).isEqualTo(AWAY);
      assertThat(first.list())
          .extracting(SandboxInfo::provider)
          .containsExactlyInAnyOrder(HERE, AWAY);
      assertThat(first.list(Set.of(AWAY))).extracting(SandboxInfo::owner).containsExactly("second");
      assertThat(first.list(Set.of())).isEmpty();

      first.sandbox("box", Set.of(HERE)).forceDelete();
      assertThat(first.sandbox("box", Set.of(HERE)).info().provider()).isEqualTo(AWAY);
      first.sandbox("box").forceDelete();
      assertThatThrownBy(() -> first.sandbox("box", Set.of(AWAY)))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void oneThatIsPreferredAndCannotBeAskedIsNotPassedOver() {
    try (Dispense dispense = user("first")) {
      dispense.create(spec(HERE)).close();

      assertThat(dispense.sandbox("box").info().provider()).isEqualTo(HERE);
      assertThatThrownBy(() -> dispense.sandbox("box", Set.of(BROKEN)))
          .isInstanceOf(UnavailableException.class);
      assertThatThrownBy(() -> dispense.list(Set.of(BROKEN)))
          .isInstanceOf(UnavailableException.class);
      dispense.sandbox("box").forceDelete();
    }
  }

  private static SandboxSpec spec(String provider) {
    return SandboxSpec.builder("box").provider(provider).withoutSupervisor().build();
  }

  private Dispense user(String name) {
    Environment host =
        Environment.in(root)
            .withVariables(Map.of("PATH", System.getenv("PATH")))
            .withSettings(Map.of("provider", HERE, "agent", "prompt-shell"))
            .withStateDirectory(root.resolve(name))
            .withCacheDirectory(root.resolve("cache"))
            .withUserName(name);
    return Dispense.builder()
        .withoutClassPath()
        .environment(host)
        .plugin(new UnisolatedProviderFactory(root.resolve("here")))
        .plugin(new Elsewhere(AWAY, true))
        .plugin(new Elsewhere(BROKEN, false))
        .plugin(new PromptShell())
        .build();
  }

  private final class Elsewhere implements SandboxProvider.Factory {
    private final String id;
    private final boolean isConfigured;

    Elsewhere(String id, boolean isConfigured) {
      this.id = id;
      this.isConfigured = isConfigured;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public boolean isConfigured(Environment host) {
      return isConfigured;
    }

    @Override
    public SandboxProvider open(Environment host) {
      if (!isConfigured) {
        throw new UnavailableException("There is no key.");
      }
      return new UnisolatedProviderFactory(root.resolve(id)).open(host);
    }
  }
}
