package dev.dispense;

import java.util.Optional;

/**
 * Removes one sandbox: first its work is brought into safety, then the machine goes, then what this
 * machine keeps, and the name at the very end. Each step does nothing when it is done already, so a
 * removal that was cut off is simply repeated.
 */
final class Removal {
  private final Core core;
  private final String providerId;
  private final Optional<String> machineId;
  private final SandboxRecord record;

  Removal(Core core, String providerId, Optional<String> machineId, SandboxRecord record) {
    this.core = core;
    this.providerId = providerId;
    this.machineId = machineId;
    this.record = record;
  }

  Deletion delete() {
    refuseDuringCreation();
    Optional<String> kept;
    try {
      kept = keepWork();
    } catch (DispenseException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new RefusedException(
          ("Tried to save the work in the sandbox '%s' before deleting it but failed: %s Nothing"
                  + " was deleted. To delete it with its work: dispense delete %s --discard")
              .formatted(record.name(), e.getMessage(), record.name()),
          e);
    }
    discard();
    return new Deletion(record.name(), kept);
  }

  private void refuseDuringCreation() {
    if (machineId.isEmpty() && core.isBeingCreated(record.name())) {
      throw new RefusedException(
          ("The sandbox '%s' is just being created. Wait until it is there, or stop the command"
                  + " that creates it.")
              .formatted(record.name()));
    }
  }

  private Optional<String> keepWork() {
    if (record.source().isEmpty()) {
      return Optional.empty();
    }
    SandboxProvider provider = core.provider(providerId);
    Optional<Machine> machine = provider.find(record.name());
    if (machine.isPresent()) {
      if (machine.get().state() != SandboxState.RUNNING) {
        provider.start(machine.get().id());
      }
      return keepWork(provider, machine.get().id());
    }
    return rescueWork(provider);
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
    Optional<MachineSpec> spec =
        core.state()
            .read(record.name())
            .flatMap(values -> new SandboxFile(values).rescueSpec(record.name()));
    if (spec.isEmpty()) {
      return Optional.empty();
    }
    Machine machine = provider.create(spec.get(), Progress.Listener.NONE);
    try {
      return keepWork(provider, machine.id());
    } finally {
      provider.delete(machine.id());
    }
  }

  private void removeCheckout() {
    if (record.source().isPresent()) {
      Source source = record.source().get();
      core.source(source.type()).remove(core.workspace(core.provider(providerId), record, source));
    }
  }

  /**
   * Removes all of a sandbox that was prepared beforehand but its machine: what of it has the name
   * that it was adopted under, and what still has the name that it was prepared under.
   */
  void discardAdopted() {
    removeCheckout();
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
                    .discard());
    if (state.exists(prepared)) {
      state.delete(prepared);
    }
  }

  void discard() {
    refuseDuringCreation();
    if (machineId.isPresent()) {
      core.provider(providerId).delete(machineId.get());
    }
    removeCheckout();
    StateDirectory state = new StateDirectory(record.home());
    if (record.isAdopted()) {
      discardPrepared(state.prepared(), record.preparedAs().orElseThrow());
    } else if (record.isPrepared()) {
      state.prepared().delete(record.name());
    }
    if (state.exists(record.name())) {
      state.delete(record.name());
    }
  }
}
