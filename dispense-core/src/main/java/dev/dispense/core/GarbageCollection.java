package dev.dispense.core;

import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.NameTakenException;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.UnavailableException;
import dev.dispense.core.state.SandboxFile;
import dev.dispense.core.state.SandboxRecord;
import dev.dispense.core.state.StateDirectory;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SourceProvider;
import dev.dispense.support.FileTree;
import dev.dispense.support.ProcessId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is left over of sandboxes that are not there any more, as far as this user made it
 * with this state directory. It decides only what that is; removing is done by {@link Removal}, as
 * if somebody had deleted the sandbox by its name. Each thing is judged anew just before.
 */
final class GarbageCollection {
  private static final Logger log = LoggerFactory.getLogger(GarbageCollection.class);

  private final Context core;
  private final boolean dryRun;
  private final Consumer<? super Dispense.Orphan> report;
  private final Set<Path> places;

  GarbageCollection(
      Context core, boolean dryRun, Set<Path> places, Consumer<? super Dispense.Orphan> report) {
    this.core = core;
    this.dryRun = dryRun;
    this.report = report;
    this.places = new LinkedHashSet<>(places);
  }

  void run() {
    for (Inventory.Known known : core.inventory().known()) {
      checkInterrupt();
      SandboxRecord record = known.record();
      record
          .source()
          .filter(source -> source.location().startsWith("/"))
          .ifPresent(source -> places.add(Path.of(source.location())));
      if (isOurs(record)) {
        reason(known).ifPresent(reason -> remove(known, reason));
      }
    }
    core.prepared().abandoned().forEach(this::removePrepared);
    StateDirectory prepared = core.prepared().state();
    SourceProvider.Sweep sweep =
        new SourceProvider.Sweep(
            places,
            Set.of(core.state().sandboxes(), prepared.sandboxes()),
            dryRun,
            core.host(),
            this::whileFree,
            report);
    for (SourceProvider source : core.sources()) {
      checkInterrupt();
      source.cleanUpOrphans(sweep);
    }
    core.state().leftBehind().forEach(this::removeTemporary);
    prepared.leftBehind().forEach(this::removeTemporary);
    if (!dryRun) {
      core.configuredIds().forEach(this::sweep);
    }
  }

  /** Removes what a provider keeps here for machines that are gone, as no sandbox tells of it. */
  private void sweep(String providerId) {
    checkInterrupt();
    try {
      core.provider(providerId).cleanUpOrphans();
    } catch (UnavailableException e) {
      log.debug("What the provider {} has left is not removed", providerId, e);
    }
  }

  private boolean whileFree(Path directory, Runnable action) {
    StateDirectory prepared = core.prepared().state();
    StateDirectory state =
        prepared.sandboxes().equals(directory.getParent()) ? prepared : core.state();
    SandboxName name = new SandboxName(String.valueOf(directory.getFileName()));
    try {
      state.claim(name, SandboxFile.removal("", SandboxRecord.of(name, Map.of())));
    } catch (NameTakenException e) {
      return false;
    }
    try {
      action.run();
      return true;
    } finally {
      state.delete(name);
    }
  }

  private boolean isOurs(SandboxRecord record) {
    return record.owner().equals(core.host().userName())
        && record.home().equals(core.host().stateDirectory());
  }

  private Optional<String> reason(Inventory.Known known) {
    SandboxRecord record = known.record();
    if (core.isBeingCreated(record) || isRescuedByLivingProcess(known)) {
      return Optional.empty();
    }
    Optional<SandboxFile> file = core.file(record);
    if (file.filter(SandboxFile::isUnfinished).isPresent()) {
      return Optional.of("its creation was cut off");
    }
    if (file.filter(SandboxFile::isBeingRemoved).isPresent()) {
      return Optional.of("its deletion was cut off");
    }
    Optional<Machine> machine = known.machine().filter(it -> core.isComplete(it, record));
    if (machine.isEmpty()) {
      return Optional.of(
          file.filter(SandboxFile::isReadable).isPresent()
              ? "its machine was removed by somebody else"
              : "its machine is gone, and its sandbox.properties is damaged or missing");
    }
    if (hasExpired(record, machine.get())) {
      return Optional.of("its time was up");
    }
    return core.directory(record).isEmpty() && machine.get().state() != SandboxInfo.State.RUNNING
        ? Optional.of("it does not run, and its directory was removed by somebody else")
        : Optional.empty();
  }

  /** One that somebody has stopped before is left to him until its time is up. */
  private boolean hasExpired(SandboxRecord record, Machine machine) {
    return machine.state() == SandboxInfo.State.STOPPED
        && record
            .expiresAfter()
            .map(record.created()::plus)
            .filter(end -> !end.isAfter(core.host().clock().instant()))
            .isPresent();
  }

  private static boolean isRescuedByLivingProcess(Inventory.Known known) {
    return known
        .machine()
        .map(machine -> machine.labels().getOrDefault(SandboxRecord.RESCUER, ""))
        .flatMap(ProcessId::parse)
        .filter(ProcessId::isAlive)
        .isPresent();
  }

  private void remove(Inventory.Known known, String reason) {
    SandboxRecord record = known.record();
    String name = record.name().value();
    if (dryRun) {
      report(Dispense.Orphan.Kind.SANDBOX, name, reason, Dispense.Orphan.Outcome.FOUND, "");
      return;
    }
    Optional<String> machine =
        known.machine().filter(it -> core.isComplete(it, record)).map(Machine::id);
    remove(
        name, reason, () -> new Removal(core, known.providerId(), machine, record).delete().kept());
  }

  private void removePrepared(SandboxName prepared) {
    checkInterrupt();
    String reason = "the process that prepared it beforehand was killed";
    if (dryRun) {
      report(
          Dispense.Orphan.Kind.SANDBOX,
          prepared.value(),
          reason,
          Dispense.Orphan.Outcome.FOUND,
          "");
      return;
    }
    remove(
        prepared.value(),
        reason,
        () -> {
          PoolFiller.remove(core, prepared);
          return Optional.empty();
        });
  }

  private void remove(String name, String reason, Supplier<Optional<String>> removal) {
    try {
      Optional<String> kept = removal.get();
      report(
          Dispense.Orphan.Kind.SANDBOX,
          name,
          reason,
          kept.isPresent() ? Dispense.Orphan.Outcome.KEPT : Dispense.Orphan.Outcome.REMOVED,
          kept.orElse(""));
    } catch (DispenseException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      report.accept(
          new Dispense.Orphan(
              Dispense.Orphan.Kind.SANDBOX,
              name,
              reason,
              Dispense.Orphan.Outcome.LEFT,
              e.getMessage(),
              e.hint()));
    }
  }

  private void removeTemporary(Path path) {
    String reason = "the process that made it was killed";
    if (dryRun) {
      report(
          Dispense.Orphan.Kind.TEMPORARY,
          path.toString(),
          reason,
          Dispense.Orphan.Outcome.FOUND,
          "");
      return;
    }
    try {
      FileTree.delete(path);
      report(
          Dispense.Orphan.Kind.TEMPORARY,
          path.toString(),
          reason,
          Dispense.Orphan.Outcome.REMOVED,
          "");
    } catch (IOException e) {
      report(
          Dispense.Orphan.Kind.TEMPORARY,
          path.toString(),
          reason,
          Dispense.Orphan.Outcome.LEFT,
          e.toString());
    }
  }

  private void report(
      Dispense.Orphan.Kind kind,
      String name,
      String reason,
      Dispense.Orphan.Outcome outcome,
      String detail) {
    report.accept(new Dispense.Orphan(kind, name, reason, outcome, detail, Optional.empty()));
  }

  private static void checkInterrupt() {
    if (Thread.currentThread().isInterrupted()) {
      throw DispenseException.interrupted(
          "removing what is left over", new InterruptedException("interrupted"));
    }
  }
}
