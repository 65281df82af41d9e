package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Capability;
import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a sandbox that stops by itself asks of its provider, and what becomes of it. */
@ExtendWith(LeakCheck.class)
class ExpiryTest {
  private static final Duration TIME = Duration.ofHours(1);

  private final Queue<Object> times = new ConcurrentLinkedQueue<>();
  @TempDir Path root;

  private Dispense open(SandboxProvider.Factory factory, Clock clock) {
    return Dispense.builder()
        .environment(
            Environment.in(root)
                .withVariables(Map.of("PATH", System.getenv("PATH")))
                .withClock(clock)
                .withUserName("ada"))
        .withoutClassPath()
        .plugin(factory)
        .plugin(ScriptedAgent.builder().succeed("Done.").build())
        .build();
  }

  private Dispense open(Duration later) {
    return open(new Expiring(), Clock.offset(Clock.systemUTC(), later));
  }

  /** The provider for tests, which only notes when a machine is to stop. */
  private final class Expiring implements SandboxProvider.Factory {
    private final SandboxProvider.Factory factory = new UnisolatedProviderFactory();

    @Override
    public String id() {
      return factory.id();
    }

    @Override
    public SandboxProvider open(Environment host) {
      SandboxProvider provider = factory.open(host);
      Set<Capability> capabilities = EnumSet.copyOf(provider.capabilities());
      capabilities.add(Capability.EXPIRY);
      return (SandboxProvider)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {SandboxProvider.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("capabilities")) {
                  return capabilities;
                }
                if (method.getName().equals("expireAfter")) {
                  times.add(arguments[1]);
                  return null;
                }
                try {
                  return method.invoke(provider, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getTargetException();
                }
              });
    }
  }

  private static SandboxSpec spec() {
    return SandboxSpec.builder("box").expiresAfter(TIME).build();
  }

  private List<String> orphans(Duration later, boolean dryRun) {
    Queue<String> orphans = new ConcurrentLinkedQueue<>();
    try (Dispense dispense = open(later)) {
      dispense.gc(dryRun, Set.of(), orphan -> orphans.add(orphan.name() + ": " + orphan.reason()));
    }
    return List.copyOf(orphans);
  }

  @Test
  void itsTimeIsSetOnCreationAndRenewedWhenItIsTold() {
    try (Dispense dispense = open(Duration.ZERO);
        Sandbox sandbox = dispense.create(spec())) {
      assertThat(times).containsExactly(TIME);
      assertThat(sandbox.info().expiresAfter()).contains(TIME);
      sandbox.renew();
      assertThat(times).containsExactly(TIME, TIME);
      try (Sandbox again = dispense.sandbox("box")) {
        again.renew();
      }
      assertThat(times).hasSize(3);
      sandbox.forceDelete();
    }
  }

  @Test
  void oneWithoutATimeIsNotRenewed() {
    try (Dispense dispense = open(Duration.ZERO);
        Sandbox sandbox = dispense.create(SandboxSpec.builder("box").build())) {
      sandbox.renew();
      assertThat(sandbox.info().expiresAfter()).isEmpty();
      assertThat(times).isEmpty();
      sandbox.forceDelete();
    }
  }

  @Test
  void onceItHasStoppedAndItsTimeIsUpItIsLeftOver() {
    try (Dispense dispense = open(Duration.ZERO);
        Sandbox sandbox = dispense.create(spec())) {
      assertThat(orphans(TIME.multipliedBy(2), false)).as("it runs").isEmpty();
      sandbox.stop(Duration.ZERO);
      assertThat(orphans(TIME.dividedBy(2), false)).as("its time is not up").isEmpty();
      assertThat(orphans(TIME, true)).containsExactly("box: its time was up");
      assertThat(dispense.list()).extracting(SandboxInfo::name).hasSize(1);
      assertThat(orphans(TIME, false)).containsExactly("box: its time was up");
      assertThat(dispense.list()).isEmpty();
    }
  }

  @Test
  void oneWithoutATimeIsNeverLeftOver() {
    try (Dispense dispense = open(Duration.ZERO);
        Sandbox sandbox = dispense.create(SandboxSpec.builder("box").build())) {
      sandbox.stop(Duration.ZERO);
      assertThat(orphans(Duration.ofDays(400), false)).isEmpty();
      sandbox.forceDelete();
    }
  }

  @Test
  void aSandboxForOneUseExpiresSoonAndOneWithATimeOfItsOwnThen() {
    try (Dispense dispense = open(Duration.ZERO)) {
      dispense.withSandbox(SandboxSpec.builder("box").build(), Sandbox::info);
      assertThat(times).containsExactly(Duration.ofMinutes(10));
      dispense.withSandbox(spec(), Sandbox::info);
      assertThat(times).containsExactly(Duration.ofMinutes(10), TIME);
      assertThat(dispense.list()).isEmpty();
    }
  }

  @Test
  void aProviderThatCannotRefusesBeforeAnythingIsMade() {
    try (Dispense dispense = open(new UnisolatedProviderFactory(), Clock.systemUTC())) {
      assertThatThrownBy(() -> dispense.create(spec()))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("cannot let a sandbox stop by itself");
      assertThat(dispense.list()).isEmpty();
      SandboxInfo info = dispense.withSandbox(SandboxSpec.builder("box").build(), Sandbox::info);
      assertThat(info.expiresAfter()).isEmpty();
    }
  }
}
