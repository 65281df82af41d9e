package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.Progress;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.SandboxSpec;
import dev.dispense.UnavailableException;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.provider.ContractMachine;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a list of many sandboxes asks of a provider. */
@ExtendWith(LeakCheck.class)
class ListingTest {
  private final Queue<String> calls = new ConcurrentLinkedQueue<>();
  @TempDir Path root;

  @Test
  void twoHundredSandboxesAreListedWithOneCall() {
    try (SandboxProvider provider = new UnisolatedProvider(root.resolve("machines"));
        Dispense dispense = WatchedProvider.open(root, calls::add)) {
      for (int i = 0; i < 200; i++) {
        MachineSpec spec = ContractMachine.spec(new SandboxName("s" + i), root);
        provider.create(spec, Progress.Listener.NONE);
      }

      List<SandboxInfo> infos = dispense.list();

      assertThat(infos).hasSize(200);
      assertThat(infos).extracting(SandboxInfo::state).containsOnly(SandboxInfo.State.RUNNING);
      assertThat(calls).containsOnlyOnce("list").doesNotContain("find", "exec");
      provider.list().forEach(machine -> provider.delete(machine.id()));
    }
  }

  @Test
  void aProviderThatIsNotSetUpIsPassedOverUnlessItIsMeant() {
    SandboxProvider.Factory missing =
        new SandboxProvider.Factory() {
          @Override
          public String id() {
            return "missing";
          }

          @Override
          public boolean isConfigured(Environment host) {
            return false;
          }

          @Override
          public SandboxProvider open(Environment host) {
            throw new UnavailableException("There is no key.");
          }
        };
    try (Dispense dispense = WatchedProvider.builder(root, calls::add).plugin(missing).build()) {
      assertThat(dispense.list()).isEmpty();
      assertThatThrownBy(() -> dispense.sandbox("nothing")).isInstanceOf(NotFoundException.class);
      assertThatThrownBy(
              () ->
                  dispense.create(
                      SandboxSpec.builder("there")
                          .agent(ScriptedAgent.ID)
                          .provider("missing")
                          .build()))
          .isInstanceOf(UnavailableException.class)
          .hasMessage("There is no key.");
    }
  }
}
