package dev.dispense.core;

import dev.dispense.CommitId;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.UnavailableException;
import dev.dispense.core.state.SandboxFile;
import dev.dispense.core.state.SandboxRecord;
import dev.dispense.spi.Machine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * Which sandboxes there are: those that the providers know, and those that are gone but of which
 * this machine keeps something. It is asked anew each time.
 */
final class Inventory {
  private final Context core;

  Inventory(Context core) {
    this.core = core;
  }

  /**
   * A sandbox that a provider knows, or of which this machine keeps something.
   *
   * @param machine absent when no provider knows it
   */
  record Known(String providerId, Optional<Machine> machine, SandboxRecord record) {}

  /** Lists the sandboxes of all providers that can be asked, and those that are gone. */
  List<SandboxInfo> list() {
    return list(core.configuredIds());
  }

  /** Lists the sandboxes of certain providers. */
  List<SandboxInfo> list(List<String> providerIds) {
    return known(providerIds).stream()
        .map(it -> info(it.providerId(), it.machine(), it.record().name(), it.record()))
        .toList();
  }

  List<Known> known() {
    return known(core.configuredIds());
  }

  private List<Known> known(List<String> providerIds) {
    boolean isAll = providerIds.containsAll(core.configuredIds());
    List<Known> known = new ArrayList<>();
    List<String> asked = addMachines(providerIds, known);
    for (SandboxName name : core.state().names()) {
      if (known.stream().noneMatch(it -> it.record().name().equals(name))) {
        kept(name, asked, isAll).ifPresent(known::add);
      }
    }
    known.sort((one, other) -> one.record().name().compareTo(other.record().name()));
    return known;
  }

  /** Adds what the providers know, and returns those of them that could be asked. */
  private List<String> addMachines(List<String> providerIds, List<Known> known) {
    List<String> asked = new ArrayList<>();
    Map<String, UnavailableException> unavailable = new LinkedHashMap<>();
    for (String id : providerIds) {
      try {
        for (Machine machine : core.provider(id).list()) {
          SandboxRecord record = Context.record(machine);
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
            LoggerFactory.getLogger(Inventory.class)
                .warn("Sandboxes of the provider '{}' are not listed: {}", id, e.getMessage()));
    return asked;
  }

  /**
   * Returns what this machine keeps under a name, unless its provider was not or could not be
   * asked.
   *
   * @param isAll whether all providers were to be asked
   */
  private Optional<Known> kept(SandboxName name, List<String> asked, boolean isAll) {
    SandboxFile file = core.state().file(name);
    if (!(file.provider().isEmpty() ? isAll : asked.contains(file.provider()))) {
      return Optional.empty();
    }
    Optional<Machine> machine = readySince(name, file);
    SandboxRecord record = machine.map(Context::record).orElse(goneRecord(name, file));
    return machine.isPresent() || core.state().exists(name)
        ? Optional.of(new Known(file.provider(), machine, record))
        : Optional.empty();
  }

  SandboxInfo info(
      String providerId, Optional<Machine> present, SandboxName name, SandboxRecord record) {
    Optional<Machine> machine = present.filter(it -> core.isComplete(it, record));
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
        record.network(),
        machine.isPresent()
            && core.provider(providerId)
                .gateways()
                .flatMap(it -> it.gateway(record.network()))
                .isPresent(),
        record.source(),
        Optional.ofNullable(record.checkout().get("base")).flatMap(Inventory::commit),
        Optional.ofNullable(record.checkout().get("branch")),
        core.directory(record),
        record.expiresAfter());
  }

  /** A sandbox without a whole machine is being created by a process that lives, or it is gone. */
  private SandboxInfo.State missingState(SandboxRecord record) {
    return core.isBeingCreated(record) ? SandboxInfo.State.PENDING : SandboxInfo.State.GONE;
  }

  /** Returns what this machine keeps of a sandbox that no provider knows. */
  Optional<Sandbox> gone(SandboxName name) {
    if (!core.state().exists(name)) {
      return Optional.empty();
    }
    SandboxFile file = core.state().file(name);
    return readySince(name, file)
        .map(machine -> core.sandbox(file.provider(), machine))
        .or(
            () ->
                Optional.of(
                    new SandboxHandle(
                        core, file.provider(), Optional.empty(), goneRecord(name, file))));
  }

  /**
   * Looks again for the machine of a sandbox that is done by now, as it may not have been there
   * when the provider was asked, just before.
   */
  private Optional<Machine> readySince(SandboxName name, SandboxFile file) {
    boolean isReady =
        core.providerIds().contains(file.provider())
            && !file.isUnfinished()
            && !file.isBeingRemoved();
    return isReady ? core.provider(file.provider()).find(name) : Optional.empty();
  }

  private SandboxRecord goneRecord(SandboxName name, SandboxFile file) {
    Map<String, String> labels = new HashMap<>(file.labels());
    labels.putIfAbsent("dev.dispense.home", core.host().stateDirectory().toString());
    labels.putIfAbsent("dev.dispense.owner", core.host().userName());
    return SandboxRecord.of(name, labels);
  }

  private static Optional<CommitId> commit(String text) {
    try {
      return Optional.of(new CommitId(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
