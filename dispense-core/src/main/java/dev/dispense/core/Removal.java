package dev.dispense.core;

import dev.dispense.DispenseException;
import dev.dispense.NameTakenException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.core.state.RemovalClaim;
import dev.dispense.core.state.SandboxFile;
import dev.dispense.core.state.SandboxRecord;
import dev.dispense.core.state.StateDirectory;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.spi.SourceProvider;
import java.nio.file.Files;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes one sandbox: first its work is brought into safety, then the machine goes, then what this
 * machine keeps, and the name at the very end. Each step does nothing when it is done already, so a
 * removal that was cut off is simply repeated.
 */
final class Removal {
  private static final Logger log = LoggerFactory.getLogger(Removal.class);

  private final Context core;
  private final String providerId;
  private final Optional<String> machineId;
  private final SandboxRecord record;

  Removal(Context core, String providerId, Optional<String> machineId, SandboxRecord record) {
    this.core = core;
    this.providerId = providerId;
    this.machineId = machineId;
    this.record = record;
  }

  Sandbox.DeleteResult delete() {
    refuseDuringCreation();
    Optional<String> kept;
    try {
      kept = hasNoWork() ? Optional.empty() : keepWork();
    } catch (DispenseException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new RefusedException(
          ("Tried to save the work in the sandbox '%s' before deleting it but failed: %s Nothing"
                  + " was deleted. To delete it with its work, force it.")
              .formatted(record.name(), e.getMessage()),
          e,
          new DispenseException.Hint.ForceDelete(record.name()));
    }
    forceDelete();
    return new Sandbox.DeleteResult(record.name(), kept);
  }

  private void refuseDuringCreation() {
    if (machineId.isEmpty() && core.isBeingCreated(record)) {
      throw new RefusedException(
          ("The sandbox '%s' is just being created. Wait until it is there, or stop the command"
                  + " that creates it.")
              .formatted(record.name()));
    }
  }

  /**
   * No agent has worked in a sandbox whose creation was cut off; and where a removal was, the work
   * was kept before it began.
   */
  private boolean hasNoWork() {
    return core.file(record)
        .filter(file -> file.isUnfinished() || file.isBeingRemoved())
        .isPresent();
  }

  private Optional<String> keepWork() {
    if (record.source().isEmpty()) {
      requireKnowledge();
      return Optional.empty();
    }
    SandboxProvider provider = core.provider(providerId);
    Optional<Machine> machine = provider.find(record.name()).filter(it -> Context.isOf(it, record));
    if (machine.isPresent()) {
      if (machine.get().state() != SandboxInfo.State.RUNNING) {
        provider.start(machine.get().id());
      }
      return keepWork(provider, machine.get().id());
    }
    return rescueWork(provider);
  }

  /** What nobody can say any more how to get the work out of must not be taken for empty. */
  private void requireKnowledge() {
    if (machineId.isEmpty() && isUnknown() && core.state().hasContent(record.name())) {
      throw new DispenseException(
          "its sandbox.properties is damaged or missing, so nobody knows how to get it. Copy what"
              + " is wanted out of "
              + core.state().of(record.name())
              + ".");
    }
  }

  private boolean isUnknown() {
    return core.file(record).filter(SandboxFile::isReadable).isEmpty();
  }

  private Optional<String> keepWork(SandboxProvider provider, String id) {
    SandboxConnection connection = core.connection(providerId, id, record.name());
    Source source = record.source().orElseThrow();
    return core.source(source.type())
        .changes(core.workspace(provider, record, source), connection::exec)
        .keep();
  }

  /** Gets the work of a sandbox that is gone through a machine made for that alone. */
  private Optional<String> rescueWork(SandboxProvider provider) {
    Optional<MachineSpec> spec = core.file(record).flatMap(file -> file.rescueSpec(record.name()));
    if (spec.isEmpty()) {
      return Optional.empty();
    }
    Machine machine = provider.create(spec.get(), Progress.Listener.NONE);
    core.host().step("rescue machine created");
    try {
      return keepWork(provider, machine.id());
    } finally {
      provider.delete(machine.id());
      core.host().step("rescue machine deleted");
    }
  }

  /**
   * Removes all of a sandbox that was prepared beforehand but its machine: what of it has the name
   * that it was adopted under, and what still has the name that it was prepared under.
   */
  void discardAdopted() {
    removeSource();
    discardPrepared(
        new StateDirectory(record.home()).prepared(), record.preparedAs().orElseThrow());
  }

  private void discardPrepared(StateDirectory state, SandboxName prepared) {
    state
        .read(prepared)
        .map(SandboxFile::new)
        .ifPresent(
            file ->
                new Removal(
                        core,
                        providerId,
                        core.provider(providerId).find(prepared).map(Machine::id),
                        SandboxRecord.of(prepared, file.labels()))
                    .forceDelete());
    if (state.exists(prepared)) {
      state.delete(prepared);
    }
  }

  void forceDelete() {
    refuseDuringCreation();
    StateDirectory state = record.state();
    boolean isKept = state.exists(record.name());
    machine().ifPresentOrElse(this::deleteMachine, this::sweep);
    if (!Files.isDirectory(state.sandboxes())) {
      removeSource(); // It was made elsewhere: nothing of it is kept here, and no name.
      return;
    }
    if (!isKept && machineId.isPresent()) {
      claimName(state);
    }
    claim(state).ifPresent(this::forceDelete);
  }

  /** Sees to it that nobody makes a sandbox of the name while the rest of this one is removed. */
  private void claimName(StateDirectory state) {
    try {
      state.claim(record.name(), SandboxFile.removal(providerId, record));
    } catch (NameTakenException e) {
      log.debug("Somebody has claimed the name '{}' meanwhile.", record.name(), e);
    }
  }

  /**
   * Returns the right to remove what this machine keeps; empty when somebody else has removed it,
   * also when another sandbox has the name since.
   */
  private Optional<RemovalClaim> claim(StateDirectory state) {
    while (true) {
      Optional<RemovalClaim> claim = RemovalClaim.take(state, record.name());
      if (claim.isEmpty()) {
        return claim;
      }
      boolean isReplaced = core.isReplaced(record);
      // A creation that fails takes a claim away that was meant for an earlier sandbox.
      if (claim.get().isHeld()) {
        if (!isReplaced) {
          return claim;
        }
        claim.get().close();
        return Optional.empty();
      }
    }
  }

  private void forceDelete(RemovalClaim claim) {
    try (claim) {
      markRemoval();
      removeSource();
      if (record.isAdopted()) {
        discardPrepared(
            new StateDirectory(record.home()).prepared(), record.preparedAs().orElseThrow());
        core.host().step("prepared sandbox removed");
      }
      record.state().delete(record.name());
      core.host().step("name freed");
    }
  }

  /** Removes what the provider keeps here for a machine that is gone. */
  private void sweep() {
    if (!providerId.isEmpty()) {
      core.provider(providerId).cleanUpOrphans();
    }
  }

  private void deleteMachine(String id) {
    core.provider(providerId).delete(id);
    core.host().step("machine deleted");
  }

  /** Returns the machine: of a sandbox that is gone, what a creation or a rescue has left. */
  private Optional<String> machine() {
    if (machineId.isPresent() || providerId.isEmpty()) {
      return machineId;
    }
    return core.provider(providerId)
        .find(record.name())
        .filter(machine -> Context.isOf(machine, record))
        .map(Machine::id);
  }

  /** From here on nothing can be kept any more; somebody who goes on must not try to. */
  private void markRemoval() {
    core.file(record)
        .filter(SandboxFile::isReadable)
        .ifPresent(file -> record.state().write(record.name(), file.removing()));
    core.host().step("removal marked");
  }

  // Where nobody knows any more what the source was, each kind looks for what it may have left.
  private void removeSource() {
    if (record.source().isPresent()) {
      Source source = record.source().get();
      core.source(source.type()).remove(core.workspace(core.provider(providerId), record, source));
      core.host().step("source removed");
    } else if (machineId.isEmpty() && isUnknown()) {
      SandboxProvider provider = core.provider(core.defaultProvider());
      SourceProvider.Workspace workspace = core.workspace(provider, record, Source.empty());
      core.sources().forEach(source -> source.remove(workspace));
    }
  }
}
