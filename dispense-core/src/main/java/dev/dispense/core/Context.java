package dev.dispense.core;

import dev.dispense.Capability;
import dev.dispense.Environment;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import dev.dispense.core.config.Plugins;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.core.state.SandboxFile;
import dev.dispense.core.state.SandboxPool;
import dev.dispense.core.state.SandboxRecord;
import dev.dispense.core.state.StateDirectory;
import dev.dispense.core.task.TaskAdmission;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.spi.SourceProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What the façade and its handles share: the host, the plugins, and the providers, each opened when
 * it is first needed.
 */
final class Context implements AutoCloseable {
  private final Environment host;
  private final StateDirectory state;
  private final Plugins<SandboxProvider.Factory> factories;
  private final Set<String> trustedUnisolated;
  private final Plugins<SourceProvider> sources;
  private final Plugins<Agent> agents;
  private final Map<String, SandboxProvider> opened = new LinkedHashMap<>();
  private final Map<String, ReadWriteLock> submissions = new ConcurrentHashMap<>();
  private boolean closed;

  /**
   * @param trustedUnisolated the ids of the providers that may lack {@link Capability#ISOLATION}
   */
  Context(
      Environment host,
      Plugins<SandboxProvider.Factory> factories,
      Set<String> trustedUnisolated,
      Plugins<SourceProvider> sources,
      Plugins<Agent> agents) {
    this.host = host;
    this.state = new StateDirectory(host.stateDirectory());
    this.factories = factories;
    this.trustedUnisolated = Set.copyOf(trustedUnisolated);
    this.sources = sources;
    this.agents = agents;
  }

  Environment host() {
    return host;
  }

  StateDirectory state() {
    return state;
  }

  /** Returns what tells which sandboxes there are. */
  Inventory inventory() {
    return new Inventory(this);
  }

  SandboxPool prepared() {
    return new SandboxPool(state);
  }

  Plugins<Agent> agents() {
    return agents;
  }

  Agent agent(String id) {
    return agents.get(id);
  }

  SourceProvider source(String type) {
    return sources.get(type);
  }

  Set<SourceProvider> sources() {
    Set<SourceProvider> all = new LinkedHashSet<>();
    sources.ids().forEach(type -> all.add(sources.get(type)));
    return all;
  }

  List<String> providerIds() {
    return factories.ids();
  }

  /**
   * Returns the ids of the providers that are asked when none is named: first the one that new
   * sandboxes are made with.
   */
  List<String> configuredIds() {
    List<String> configured = new ArrayList<>();
    for (String id : factories.ids()) {
      if (factories.get(id).isConfigured(host)) {
        configured.add(id);
      }
    }
    String first = defaultProvider();
    if (configured.remove(first)) {
      configured.add(0, first);
    }
    return configured;
  }

  String defaultProvider() {
    return host.setting("provider").or(factories::preferred).orElse("docker");
  }

  String defaultAgent() {
    return host.setting("agent").or(agents::preferred).orElse("claude");
  }

  synchronized SandboxProvider provider(String id) {
    if (closed) {
      throw new IllegalStateException("This Dispense is closed.");
    }
    SandboxProvider known = opened.get(id);
    if (known != null) {
      return known;
    }
    SandboxProvider provider = factories.get(id).open(host);
    if (!provider.capabilities().contains(Capability.ISOLATION)
        && !trustedUnisolated.contains(id)) {
      provider.close();
      throw new RefusedException(
          "The provider '%s' does not isolate what runs in it from this machine, so it is not used."
              .formatted(id));
    }
    opened.put(id, provider);
    return provider;
  }

  /** Returns the lock for giving tasks to a machine: see {@link TaskAdmission#take}. */
  ReadWriteLock submissions(String machineId) {
    return submissions.computeIfAbsent(machineId, id -> new ReentrantReadWriteLock());
  }

  SandboxConnection connection(String providerId, String machineId, SandboxName name) {
    SandboxProvider provider = provider(providerId);
    return new SandboxConnection(provider, machineId, provider.layout(name), name);
  }

  SourceProvider.Workspace workspace(
      SandboxProvider provider, SandboxRecord record, Source source) {
    return new SourceProvider.Workspace(
        record.name(),
        source,
        record.directory(),
        provider.layout(record.name()),
        record.checkout(),
        host);
  }

  /** Returns what this machine keeps for a sandbox, also when another DISPENSE_HOME made it. */
  Optional<Path> directory(SandboxRecord record) {
    return Optional.of(record.directory()).filter(Files::isDirectory);
  }

  Sandbox sandbox(String providerId, Machine machine) {
    SandboxRecord record = record(machine);
    return new SandboxHandle(
        this,
        providerId,
        isComplete(machine, record) ? Optional.of(machine.id()) : Optional.empty(),
        record);
  }

  /**
   * Returns what is recorded of a machine. The labels of one that was prepared beforehand cannot
   * tell what it was taken for; the file on the machine where that was done does.
   */
  static SandboxRecord record(Machine machine) {
    SandboxRecord record = SandboxRecord.of(machine.name(), machine.labels());
    return record.isAdopted()
        ? Optional.of(new StateDirectory(record.home()).file(machine.name()))
            .filter(SandboxFile::isReadable)
            .map(file -> SandboxRecord.of(machine.name(), file.labels()))
            .orElse(record)
        : record;
  }

  /** Whether a machine was made for this very sandbox, and not for another of its name. */
  static boolean isOf(Machine machine, SandboxRecord record) {
    SandboxRecord other = record(machine);
    return other.name().equals(record.name())
        && other.home().equals(record.home())
        && other.created().equals(record.created())
        && other.owner().equals(record.owner());
  }

  /**
   * Whether a machine is a sandbox that can be used. One whose creation is not done, or was cut
   * off, is not; nor is one that was made to rescue the work of a sandbox that is gone.
   */
  boolean isComplete(Machine machine, SandboxRecord record) {
    return !machine.labels().containsKey(SandboxRecord.RESCUER)
        && file(record).filter(SandboxFile::isUnfinished).isEmpty();
  }

  /** Returns what was written down of this very sandbox on this machine, if that can be read. */
  Optional<SandboxFile> file(SandboxRecord record) {
    return fileOfName(record).filter(file -> isOf(file, record));
  }

  /** Whether the sandbox was deleted meanwhile, and another one has its name. */
  boolean isReplaced(SandboxRecord record) {
    return fileOfName(record)
        .filter(SandboxFile::isReadable)
        .filter(file -> !isOf(file, record))
        .isPresent();
  }

  private static Optional<SandboxFile> fileOfName(SandboxRecord record) {
    StateDirectory creators = record.state();
    return creators.exists(record.name())
        ? Optional.of(creators.file(record.name()))
        : Optional.empty();
  }

  private static boolean isOf(SandboxFile file, SandboxRecord record) {
    return SandboxRecord.of(record.name(), file.labels()).created().equals(record.created());
  }

  /** Whether a process that lives has claimed the name and has not said that it is done. */
  boolean isBeingCreated(SandboxRecord record) {
    return file(record).filter(SandboxFile::isCreatorAlive).isPresent();
  }

  @Override
  public synchronized void close() {
    closed = true;
    opened.values().forEach(SandboxProvider::close);
    opened.clear();
  }
}
