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
    core.host().step("rescue machine created");
    try {
      return keepWork(provider, machine.id());
    } finally {
      provider.delete(machine.id());
      core.host().step("rescue machine deleted");
    }
  }

  void discard() {
    refuseDuringCreation();
    if (machineId.isPresent()) {
      core.provider(providerId).delete(machineId.get());
      core.host().step("machine deleted");
    }
    if (record.source().isPresent()) {
      Source source = record.source().get();
      core.source(source.type()).remove(core.workspace(core.provider(providerId), record, source));
      core.host().step("source removed");
    }
    core.directory(record)
        .ifPresent(directory -> new StateDirectory(record.home()).delete(record.name()));
    core.host().step("name freed");
  }
}
