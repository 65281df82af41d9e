package dev.dispense.core;

import dev.dispense.Diagnosis;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.NotFoundException;
import dev.dispense.Plugin;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.TaskSpec;
import dev.dispense.core.config.Plugins;
import dev.dispense.core.state.SandboxPool;
import dev.dispense.core.task.TaskLaunch;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.spi.SourceProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The one implementation, over the core. */
public final class CoreDispense implements Dispense {
  private final Context core;
  private final PoolRefiller refill;

  private CoreDispense(Context core, int prepared) {
    this.core = core;
    this.refill = new PoolRefiller(core, prepared);
  }

  /** Builds the one implementation; found by {@link java.util.ServiceLoader}. */
  public static final class Builder implements Dispense.Builder {
    private @Nullable Environment host;
    private final List<Plugin> added = new ArrayList<>();
    private boolean classPath = true;
    private int prepared;

    /** Makes a builder of an instance like any other. */
    public Builder() {}

    @Override
    public Builder environment(Environment value) {
      host = value;
      return this;
    }

    @Override
    public Builder withoutClassPath() {
      classPath = false;
      return this;
    }

    @Override
    public Builder plugin(Plugin plugin) {
      if (!(plugin instanceof SandboxProvider.Factory
          || plugin instanceof SourceProvider
          || plugin instanceof Agent)) {
        throw new IllegalArgumentException(
            plugin.getClass().getName() + " is no provider, no source and no agent.");
      }
      added.add(plugin);
      return this;
    }

    @Override
    public Builder poolSize(int count) {
      if (count < 0) {
        throw new IllegalArgumentException("A number of sandboxes is 0 or more, not " + count);
      }
      prepared = count;
      return this;
    }

    @Override
    public Dispense build() {
      List<SandboxProvider.Factory> providers = added(SandboxProvider.Factory.class);
      Set<String> trusted = new HashSet<>();
      providers.forEach(factory -> trusted.addAll(factory.ids()));
      return new CoreDispense(
          new Context(
              host == null ? Environment.current() : host,
              new Plugins<>("provider", SandboxProvider.Factory.class, providers, classPath),
              trusted,
              new Plugins<>("source", SourceProvider.class, added(SourceProvider.class), classPath),
              new Plugins<>("agent", Agent.class, added(Agent.class), classPath)),
          prepared);
    }

    private <T extends Plugin> List<T> added(Class<T> type) {
      return added.stream().filter(type::isInstance).map(type::cast).toList();
    }
  }

  @Override
  public Environment environment() {
    return core.host();
  }

  @Override
  public Diagnosis diagnose() {
    return new HealthCheck(core).run();
  }

  @Override
  public List<String> agents() {
    return core.agents().ids();
  }

  @Override
  public List<String> providers() {
    return core.providerIds();
  }

  @Override
  public Sandbox create(SandboxSpec spec) {
    return create(spec, Progress.Listener.NONE);
  }

  @Override
  public Sandbox create(SandboxSpec spec, Progress.Listener progress) {
    if (SandboxPool.isReserved(spec.name())) {
      throw new RefusedException(
          "The name '%s' is reserved for sandboxes that are prepared beforehand. Choose another."
              .formatted(spec.name()));
    }
    CreationRequest order = CreationRequest.of(core, spec, progress);
    order.tellWhatIsOpen();
    Machine machine = Creation.of(order).create();
    refill.wanted(spec);
    return core.sandbox(order.providerId(), machine);
  }

  @Override
  public int fillPool(SandboxSpec spec, int count, Progress.Listener progress) {
    return new PoolFiller(CreationRequest.of(core, spec, progress)).fill(count);
  }

  @Override
  public int clearPool() {
    return PoolFiller.discard(core);
  }

  @Override
  public Sandbox create(SandboxSpec spec, TaskSpec firstTask, Progress.Listener progress) {
    checkLaunch(spec, firstTask);
    Sandbox sandbox = create(spec, progress);
    try {
      sandbox.run(firstTask);
    } catch (RuntimeException | Error failure) {
      removeAfter(sandbox::forceDelete, failure);
      throw failure;
    }
    return sandbox;
  }

  private void checkLaunch(SandboxSpec spec, TaskSpec task) {
    if (!spec.supervisor()) {
      throw new RefusedException(
          "A task needs the supervisor, which the sandbox '%s' is to be created without."
              .formatted(spec.name()));
    }
    SandboxProvider provider = core.provider(spec.provider().orElseGet(core::defaultProvider));
    Agent agent = core.agent(task.agent().or(spec::agent).orElseGet(core::defaultAgent));
    NetworkPolicy network = CreationRequest.of(core, spec, Progress.Listener.NONE).network();
    Agent.Launch unused =
        TaskLaunch.inNew(spec.name(), core.host(), provider, network)
            .of(agent, task, spec.model(), Optional.empty());
  }

  @Override
  public <T extends @Nullable Object> T withSandbox(
      SandboxSpec spec, Function<? super Sandbox, ? extends T> body) {
    SandboxSpec limited = Renewal.limited(core, spec);
    try (Sandbox sandbox = create(limited)) {
      T result;
      try {
        result =
            limited.equals(spec)
                ? body.apply(sandbox)
                : Renewal.during(sandbox, () -> body.apply(sandbox));
      } catch (RuntimeException | Error failure) {
        removeAfter(sandbox::delete, failure);
        throw failure;
      }
      sandbox.delete();
      return result;
    }
  }

  private static void removeAfter(Runnable removal, Throwable failure) {
    boolean interrupted = Thread.interrupted();
    try {
      removal.run();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public Sandbox sandbox(String nameOrId) {
    return sandbox(nameOrId, Set.of());
  }

  @Override
  public Sandbox sandbox(String nameOrId, Set<String> preferred) {
    return new Lookup(core).find(nameOrId, preferred).orElseThrow(() -> none(nameOrId));
  }

  private static NotFoundException none(String nameOrId) {
    return new NotFoundException(
        "There is no sandbox '%s'. See which there are."
            .formatted(PrintableText.printable(nameOrId, 60)),
        null,
        new DispenseException.Hint.ListSandboxes());
  }

  @Override
  public List<SandboxInfo> list() {
    return core.inventory().list();
  }

  @Override
  public List<SandboxInfo> list(Set<String> providers) {
    return core.inventory().list(core.providerIds().stream().filter(providers::contains).toList());
  }

  @Override
  public void gc(boolean dryRun, Set<Path> places, Consumer<? super Dispense.Orphan> report) {
    new GarbageCollection(core, dryRun, places, report).run();
  }

  @Override
  public void close() {
    refill.close();
    core.close();
  }
}
