package dev.dispense;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * What the façade and its handles share: the host, the plugins, and the providers, each opened when
 * it is first needed.
 */
final class Core implements AutoCloseable {
  private final Host host;
  private final StateDirectory state;
  private final Plugins<SandboxProvider.Factory> factories;
  private final Set<String> trustedUnisolated;
  private final Plugins<SourceProvider> sources;
  private final Plugins<Agent> agents;
  private final Map<String, SandboxProvider> opened = new LinkedHashMap<>();
  private boolean closed;

  /**
   * @param trustedUnisolated the ids of the providers that may lack {@link Capability#ISOLATION}
   */
  Core(
      Host host,
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

  Host host() {
    return host;
  }

  StateDirectory state() {
    return state;
  }

  PreparedSandboxes prepared() {
    return new PreparedSandboxes(state);
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
    return host.setting("provider").orElse("docker");
  }

  String defaultAgent() {
    return host.setting("agent").orElse("claude");
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
    return new Sandbox(
        this,
        providerId,
        isWhole(machine, record) ? Optional.of(machine.id()) : Optional.empty(),
        record);
  }

  /**
   * Returns what is recorded of a machine. The labels of one that was prepared beforehand cannot
   * tell what it was taken for; the file on the machine where that was done does.
   */
  private static SandboxRecord record(Machine machine) {
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
  boolean isWhole(Machine machine, SandboxRecord record) {
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

  /** Returns what this machine keeps of a sandbox that no provider knows. */
  Optional<Sandbox> gone(SandboxName name) {
    if (!state.exists(name)) {
      return Optional.empty();
    }
    SandboxFile file = state.file(name);
    return readySince(name, file)
        .map(machine -> sandbox(file.provider(), machine))
        .or(() -> Optional.of(goneSandbox(name)));
  }

  /**
   * Looks again for the machine of a sandbox that is done by now, as it may not have been there
   * when the provider was asked, just before.
   */
  private Optional<Machine> readySince(SandboxName name, SandboxFile file) {
    boolean isReady =
        factories.ids().contains(file.provider()) && !file.isUnfinished() && !file.isBeingRemoved();
    return isReady ? provider(file.provider()).find(name) : Optional.empty();
  }

  /** Returns a handle to what this machine keeps of a sandbox without a machine. */
  Sandbox goneSandbox(SandboxName name) {
    SandboxFile file = state.file(name);
    return new Sandbox(this, file.provider(), Optional.empty(), goneRecord(name, file));
  }

  private SandboxRecord goneRecord(SandboxName name, SandboxFile file) {
    Map<String, String> labels = new HashMap<>(file.labels());
    labels.putIfAbsent("dev.dispense.home", host.stateDirectory().toString());
    labels.putIfAbsent("dev.dispense.owner", host.userName());
    return SandboxRecord.of(name, labels);
  }

  /**
   * A sandbox that a provider knows, or of which this machine keeps something.
   *
   * @param machine absent when no provider knows it
   */
  record Known(String providerId, Optional<Machine> machine, SandboxRecord record) {}

  /** Lists the sandboxes of all providers that can be asked, and those that are gone. */
  List<SandboxInfo> list() {
    return list(configuredIds());
  }

  List<SandboxInfo> list(List<String> providerIds) {
    return known(providerIds).stream()
        .map(it -> info(it.providerId(), it.machine(), it.record().name(), it.record()))
        .toList();
  }

  List<Known> known() {
    return known(configuredIds());
  }

  private List<Known> known(List<String> providerIds) {
    boolean isPart = !providerIds.containsAll(configuredIds());
    List<Known> known = new ArrayList<>();
    List<String> asked = new ArrayList<>();
    Map<String, UnavailableException> unavailable = new LinkedHashMap<>();
    for (String id : providerIds) {
      try {
        for (Machine machine : provider(id).list()) {
          SandboxRecord record = record(machine);
          if (!record.isPrepared()) {
            known.add(new Known(id, Optional.of(machine), record));
          }
        }
        asked.add(id);
      } catch (UnavailableException e) {
        unavailable.put(id, e);
      }
    }
    if (asked.isEmpty() && !unavailable.isEmpty()) {
      throw unavailable.values().iterator().next();
    }
    unavailable.forEach(
        (id, e) ->
            // Made here, as it takes longer than the rest of a list where all is well.
            LoggerFactory.getLogger(Core.class)
                .warn("Sandboxes of the provider '{}' are not listed: {}", id, e.getMessage()));
    for (SandboxName name : state.names()) {
      if (known.stream().noneMatch(it -> it.record().name().equals(name))) {
        SandboxFile file = state.file(name);
        if (asked.contains(file.provider()) || (file.provider().isEmpty() && !isPart)) {
          Optional<Machine> machine = readySince(name, file);
          SandboxRecord record = machine.map(Core::record).orElse(goneRecord(name, file));
          if (machine.isPresent() || state.exists(name)) {
            known.add(new Known(file.provider(), machine, record));
          }
        }
      }
    }
    known.sort((one, other) -> one.record().name().compareTo(other.record().name()));
    return known;
  }

  SandboxInfo info(
      String providerId, Optional<Machine> present, SandboxName name, SandboxRecord record) {
    Optional<Machine> machine = present.filter(it -> isWhole(it, record));
    return new SandboxInfo(
        name,
        machine.map(Machine::id),
        providerId,
        machine.map(Machine::state).orElseGet(() -> missingState(record)),
        record.agent(),
        record.model(),
        machine.map(Machine::image).orElse(""),
        record.owner(),
        record.created(),
        record.source(),
        Optional.ofNullable(record.checkout().get("base")).flatMap(Core::commit),
        Optional.ofNullable(record.checkout().get("branch")),
        directory(record));
  }

  /** A sandbox without a whole machine is being created by a process that lives, or it is gone. */
  private SandboxState missingState(SandboxRecord record) {
    return isBeingCreated(record) ? SandboxState.PENDING : SandboxState.GONE;
  }

  /** Whether a process that lives has claimed the name and has not said that it is done. */
  boolean isBeingCreated(SandboxRecord record) {
    return file(record).filter(SandboxFile::creatorLives).isPresent();
  }

  private static Optional<CommitId> commit(String text) {
    try {
      return Optional.of(new CommitId(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    opened.values().forEach(SandboxProvider::close);
    opened.clear();
  }
}
