package dev.dispense.core;

import dev.dispense.DispenseException;
import dev.dispense.NameTakenException;
import dev.dispense.NotFoundException;
import dev.dispense.SandboxInfo;
import dev.dispense.Source;
import dev.dispense.core.state.SandboxFile;
import dev.dispense.core.state.SandboxPool;
import dev.dispense.core.state.SandboxRecord;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SourceProvider;
import dev.dispense.support.RunBoth;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a sandbox of one that was prepared beforehand: it gets the name and the base that are asked
 * for. The name is claimed already, and what is claimed says from the first step on which prepared
 * sandbox belongs to it, so that an adoption that is killed at any point can be cleaned up by name.
 */
final class PoolClaim {
  private static final Logger log = LoggerFactory.getLogger(PoolClaim.class);

  private final CreationRequest order;
  private final SandboxPool prepared;

  PoolClaim(CreationRequest order) {
    this.order = order;
    this.prepared = order.core().prepared();
  }

  /** Returns the machine, running and ready; empty when none is prepared that fits. */
  Optional<Machine> adopt() {
    if (!order.canBePrepared()) {
      return Optional.empty();
    }
    String fingerprint = order.fingerprint();
    for (Optional<SandboxPool.Entry> entry = prepared.take(fingerprint);
        entry.isPresent();
        entry = prepared.take(fingerprint)) {
      try {
        return Optional.of(adopt(entry.get()));
      } catch (DispenseException e) {
        discard(entry.get(), e);
        if (e instanceof NameTakenException || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        // Somebody may have removed its container; what is wrong with the source shows again.
        log.info("A prepared sandbox is of no use: {}", e.getMessage());
      }
    }
    return Optional.empty();
  }

  private Machine adopt(SandboxPool.Entry entry) {
    order.host().step("prepared sandbox taken");
    SandboxFile file =
        prepared
            .file(entry.name())
            .orElseThrow(() -> new NotFoundException(entry.name() + " has no file."));
    SandboxRecord before = SandboxRecord.of(entry.name(), file.labels());
    write(file.adopting(record(entry, before, Map.of()).toLabels()));
    order.host().step("adoption written down");
    SourceProvider.Checkout checkout =
        RunBoth.run(
            () -> adoptSource(before),
            () -> {
              order.provider().rename(entry.machineId(), order.spec().name());
              order.host().step("machine renamed");
            });
    order.host().step("checkout and machine adopted");
    checkout.completion().run();
    order.limit(entry.machineId());
    SandboxRecord record = record(entry, before, checkout.labels());
    write(file.adopted(record.toLabels()));
    order.host().step("sandbox ready");
    return new Machine(
        entry.machineId(),
        order.spec().name(),
        SandboxInfo.State.RUNNING,
        file.image(),
        record.toLabels());
  }

  private SandboxRecord record(
      SandboxPool.Entry entry, SandboxRecord before, Map<String, String> checkout) {
    return order.record(before.uid(), Optional.of(entry.name()), checkout);
  }

  private void write(Map<String, String> values) {
    order.core().state().write(order.spec().name(), values);
  }

  private SourceProvider.Checkout adoptSource(SandboxRecord before) {
    Source source = order.spec().source().orElseThrow();
    Path directory = before.directory();
    SandboxLayout layout = order.provider().layout(order.spec().name());
    return order
        .sources()
        .orElseThrow()
        .claim(
            new SourceProvider.Workspace(
                before.name(),
                before.source().orElse(source),
                directory,
                layout,
                before.checkout(),
                order.host()),
            new SourceProvider.Request(
                order.spec().name(),
                source,
                directory,
                layout,
                SourceProvider.Delivery.MOUNT,
                order.host()),
            order.progress());
  }

  /** Leaves the claimed name as it was before the adoption, and nothing of the prepared sandbox. */
  private void discard(SandboxPool.Entry entry, DispenseException failure) {
    boolean interrupted = Thread.interrupted();
    try {
      order.provider().delete(entry.machineId());
      SandboxRecord adopted = order.record(0, Optional.of(entry.name()), Map.of());
      new Removal(order.core(), order.providerId(), Optional.empty(), adopted).discardAdopted();
      write(SandboxFile.claim(order.providerId(), order.record(0, Optional.empty(), Map.of())));
    } catch (DispenseException e) {
      failure.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
