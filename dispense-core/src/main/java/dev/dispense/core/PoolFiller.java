package dev.dispense.core;

import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import dev.dispense.core.state.SandboxFile;
import dev.dispense.core.state.SandboxPool;
import dev.dispense.core.state.SandboxRecord;
import dev.dispense.spi.Machine;
import java.util.Optional;

/** Makes and removes sandboxes that are prepared beforehand. */
final class PoolFiller {
  private final CreationRequest order;
  private final SandboxPool prepared;

  PoolFiller(CreationRequest order) {
    this.order = order;
    this.prepared = order.core().prepared();
  }

  /**
   * Makes as many as are missing.
   *
   * @return how many were made
   * @throws RefusedException when the provider or the source cannot do that
   */
  int fill(int count) {
    refuseWhatCannotBe();
    String fingerprint = order.fingerprint();
    int made = 0;
    while (prepared.count(fingerprint) < count) {
      Machine machine = Creation.prepared(order).create();
      prepared.offer(new SandboxPool.Entry(machine.name(), machine.id()));
      order.host().step("prepared sandbox offered");
      made++;
    }
    return made;
  }

  private void refuseWhatCannotBe() {
    if (!order.canBePrepared()) {
      throw new RefusedException(
          "The provider '%s' cannot prepare sandboxes beforehand.".formatted(order.providerId()));
    }
    Source source = order.spec().source().orElse(Source.empty());
    if (order.sources().filter(it -> it.supportsPooling(source, order.host())).isEmpty()) {
      throw new RefusedException(
          "Sandboxes can be prepared beforehand only for a git repository that has a commit.");
    }
  }

  /** Removes all that nobody has taken, and returns how many that were. */
  static int discard(Context core) {
    SandboxPool prepared = core.prepared();
    int removed = 0;
    for (SandboxName name : prepared.ready()) {
      if (prepared.take(name).isPresent()) {
        remove(core, name);
        removed++;
      }
    }
    for (SandboxName name : prepared.abandoned()) {
      remove(core, name);
      removed++;
    }
    return removed;
  }

  static void remove(Context core, SandboxName name) {
    Optional<SandboxFile> file = core.prepared().file(name);
    if (file.isEmpty()) {
      core.prepared().state().delete(name);
      return;
    }
    String provider = file.get().provider();
    new Removal(
            core,
            provider,
            core.provider(provider).find(name).map(Machine::id),
            SandboxRecord.of(name, file.get().labels()))
        .forceDelete();
  }
}
