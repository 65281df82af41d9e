package dev.dispense.testkit;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** The {@link UnisolatedProvider}, watched: somebody is told of each answer before it is used. */
final class WatchedProvider {
  private WatchedProvider() {}

  /**
   * Opens the library with it.
   *
   * @param root where machines and state are kept
   * @param watcher told the name of the method that was called
   */
  static Dispense open(Path root, Consumer<String> watcher) {
    return builder(root, watcher).build();
  }

  /** Returns a builder of the library with it. */
  static Dispense.Builder builder(Path root, Consumer<String> watcher) {
    Environment host =
        Environment.in(root)
            .withVariables(Map.of("PATH", System.getenv("PATH")))
            .withSettings(Map.of("provider", UnisolatedProvider.ID, "agent", ScriptedAgent.ID))
            .withStateDirectory(root.resolve("state"))
            .withCacheDirectory(root.resolve("cache"))
            .withUserName("ada");
    return Dispense.builder()
        .environment(host)
        .plugin(watched(new UnisolatedProviderFactory(root.resolve("machines")), watcher))
        .plugin(ScriptedAgent.builder().succeed("Done.").build());
  }

  private static SandboxProvider.Factory watched(
      SandboxProvider.Factory factory, Consumer<String> watcher) {
    return new SandboxProvider.Factory() {
      @Override
      public String id() {
        return factory.id();
      }

      @Override
      public SandboxProvider open(Environment host) {
        return watched(factory.open(host), watcher);
      }
    };
  }

  private static SandboxProvider watched(SandboxProvider provider, Consumer<String> watcher) {
    return (SandboxProvider)
        Proxy.newProxyInstance(
            SandboxProvider.class.getClassLoader(),
            new Class<?>[] {SandboxProvider.class},
            (proxy, method, arguments) -> {
              try {
                Object answer = method.invoke(provider, arguments);
                watcher.accept(method.getName());
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
