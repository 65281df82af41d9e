package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Host;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxProvider;
import dev.dispense.SandboxState;
import dev.dispense.testkit.ScriptedAgent;
import dev.dispense.testkit.UnisolatedProvider;
import dev.dispense.testkit.UnisolatedProviderFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox is made or deleted just when the provider has said what it has. */
class ListRaceTest {
  @TempDir Path root;
  private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
  private CrashScene scene;
  private Dispense dispense;

  @BeforeEach
  void open() {
    scene = new CrashScene(root, UnisolatedProvider.ID, "just-ready").build();
    Host host =
        new Host(
            Map.of("PATH", System.getenv("PATH"), "DISPENSE_PROVIDER", UnisolatedProvider.ID),
            Map.of(),
            scene.state(),
            root.resolve("cache"),
            root.resolve("home"),
            System.getProperty("user.name"),
            Clock.systemUTC());
    dispense =
        Dispense.builder()
            .host(host)
            .provider(new Overtaken(new UnisolatedProviderFactory(root.resolve("machines"))))
            .agent(ScriptedAgent.builder().succeed("Done.").build())
            .build();
  }

  @AfterEach
  void close() {
    dispense.close();
    if (scene.listed().isPresent()) {
      delete();
    }
    scene.checkNothingIsLeft();
  }

  private void create() {
    try (Dispense other = scene.open()) {
      other.create(scene.spec(scene.ofRepository())).close();
    }
  }

  private void delete() {
    try (Dispense other = scene.open()) {
      other.sandbox(scene.name()).delete();
    }
  }

  private List<SandboxState> listedStates() {
    return dispense.list().stream()
        .filter(it -> it.name().value().equals(scene.name()))
        .map(SandboxInfo::state)
        .toList();
  }

  @Test
  void aSandboxThatIsReadyJustThenIsNotListedAsGone() {
    meanwhile.set(this::create);
    assertThat(listedStates()).containsExactly(SandboxState.RUNNING);
  }

  @Test
  void aSandboxThatIsReadyJustThenIsFoundWithItsMachine() {
    meanwhile.set(this::create);
    try (Sandbox sandbox = dispense.sandbox(scene.name())) {
      assertThat(sandbox.info().state()).isEqualTo(SandboxState.RUNNING);
    }
  }

  @Test
  void aSandboxThatIsDeletedJustThenIsListedNoMore() {
    create();
    meanwhile.set(this::delete);
    assertThat(listedStates()).doesNotContain(SandboxState.GONE);
    assertThat(listedStates()).isEmpty();
  }

  /** Lets something happen between the first answer of a provider and its use. */
  private final class Overtaken implements SandboxProvider.Factory {
    private final SandboxProvider.Factory real;

    Overtaken(SandboxProvider.Factory real) {
      this.real = real;
    }

    @Override
    public String id() {
      return real.id();
    }

    @Override
    public SandboxProvider open(Host host) {
      SandboxProvider provider = real.open(host);
      return (SandboxProvider)
          Proxy.newProxyInstance(
              SandboxProvider.class.getClassLoader(),
              new Class<?>[] {SandboxProvider.class},
              (proxy, method, arguments) -> {
                try {
                  Object answer = method.invoke(provider, arguments);
                  if (method.getName().equals("list") || method.getName().equals("find")) {
                    meanwhile.getAndSet(() -> {}).run();
                  }
                  return answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }
}
