package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Capability;
import dev.dispense.Diagnosis;
import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.TaskSpec;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of sandboxes that keep less away than others do. */
class OpennessTest {
  @TempDir Path root;

  private Dispense user(Map<String, String> settings, Capability... further) {
    Map<String, String> all =
        new HashMap<>(Map.of("provider", UnisolatedProvider.ID, "agent", ScriptedAgent.ID));
    all.putAll(settings);
    Environment host =
        Environment.in(root)
            .withVariables(Map.of("PATH", System.getenv("PATH")))
            .withSettings(all)
            .withStateDirectory(root.resolve("state"))
            .withCacheDirectory(root.resolve("cache"))
            .withUserName("ada");
    return Dispense.builder()
        .withoutClassPath()
        .environment(host)
        .plugin(new Walled(Set.of(further)))
        .plugin(ScriptedAgent.builder().succeed("Done.").build())
        .build();
  }

  /** Makes a provider that says it can do more than it can. */
  private record Walled(Set<Capability> further) implements SandboxProvider.Factory {
    @Override
    public String id() {
      return UnisolatedProvider.ID;
    }

    @Override
    public SandboxProvider open(Environment host) {
      SandboxProvider provider = new UnisolatedProviderFactory().open(host);
      Set<Capability> capabilities = new TreeSet<>(provider.capabilities());
      capabilities.addAll(further);
      return (SandboxProvider)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {SandboxProvider.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("capabilities")) {
                  return capabilities;
                }
                try {
                  return method.invoke(provider, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getTargetException();
                }
              });
    }
  }

  private List<String> noticesOf(Capability... capabilities) {
    List<String> notices = new ArrayList<>();
    Progress.Listener listener =
        new Progress.Listener() {
          @Override
          public void onProgress(Progress progress) {}

          @Override
          public void onNotice(String notice) {
            notices.add(notice);
          }
        };
    try (Dispense dispense = user(Map.of(), capabilities);
        Sandbox box = dispense.create(SandboxSpec.builder("box").build(), listener)) {
      SandboxInfo info = box.info();
      assertThat(info.network()).isEqualTo(NetworkPolicy.OPEN);
      assertThat(info.keyOutside()).isFalse();
      box.forceDelete();
    }
    return notices;
  }

  @Test
  void anOpenNetworkIsToldOnCreation() {
    assertThat(noticesOf(Capability.ISOLATION, Capability.ROUTES))
        .singleElement()
        .asString()
        .contains("The network of the sandbox is open", "has its key");
    assertThat(noticesOf(Capability.ISOLATION))
        .singleElement()
        .asString()
        .contains("There is no gateway", "has its key", "reach the Internet");
    // Only a program that adds it by hand uses a provider that does not isolate.
    assertThat(noticesOf()).isEmpty();
  }

  @Test
  void aLimitThatNothingSeesToIsRefusedBeforeAnythingIsMade() {
    TaskSpec task = TaskSpec.builder("Do it").maxRequests(1).build();
    try (Dispense dispense = user(Map.of())) {
      SandboxSpec spec = SandboxSpec.builder("box").build();
      assertThatThrownBy(() -> dispense.create(spec, task, Progress.Listener.NONE))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("has no gateway");
      assertThat(dispense.list()).isEmpty();
      try (Sandbox box = dispense.create(spec)) {
        assertThatThrownBy(() -> box.run(task))
            .isInstanceOf(RefusedException.class)
            .hasMessageContaining("has no gateway");
        assertThat(box.tasks()).isEmpty();
        box.forceDelete();
      }
    }
  }

  @Test
  void whatIsNotThereIsFoundBeforeItIsMissed() {
    try (Dispense dispense = user(Map.of())) {
      Diagnosis diagnosis = dispense.diagnose();
      assertThat(diagnosis.canWork()).isTrue();
      assertThat(texts(diagnosis)).contains("It can be used.", "It has no gateway", "all hosts");
    }
    try (Dispense dispense = user(Map.of("provider", "elsewhere"))) {
      Diagnosis diagnosis = dispense.diagnose();
      assertThat(diagnosis.canWork()).isFalse();
      assertThat(texts(diagnosis))
          .contains("provider in config.properties is 'elsewhere', but there is only: ");
    }
    try (Dispense dispense = user(Map.of("network", "ajar"))) {
      Diagnosis diagnosis = dispense.diagnose();
      assertThat(diagnosis.canWork()).isFalse();
      assertThat(texts(diagnosis)).contains("'ajar'");
    }
    assertThat(root.resolve("state")).doesNotExist();
  }

  private static String texts(Diagnosis diagnosis) {
    return String.join("\n", diagnosis.findings().stream().map(it -> it.text()).toList());
  }
}
