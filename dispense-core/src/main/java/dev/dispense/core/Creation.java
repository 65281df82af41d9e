package dev.dispense.core;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.ExecResult;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.UnavailableException;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.core.machine.Transfer;
import dev.dispense.core.state.SandboxFile;
import dev.dispense.core.state.SandboxPool;
import dev.dispense.core.state.SandboxRecord;
import dev.dispense.core.state.StateDirectory;
import dev.dispense.core.task.Installer;
import dev.dispense.core.task.Supervisor;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.spi.SourceProvider;
import dev.dispense.support.RunBoth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates one sandbox, step by step, and undoes the steps when one of them fails. The name is
 * claimed and written down before anything else is made, so that a creation that is killed at any
 * point can be cleaned up by name.
 */
final class Creation {
  private static final String SAY_WHICH_ARE_MISSING =
      "for program; do command -v \"$program\" >/dev/null || echo \"$program\"; done";

  private static final int LOOKS = 10;
  private static final long PAUSE_MILLIS = 50;

  private final CreationRequest order;
  private final SandboxSpec spec;
  private final SandboxProvider provider;
  private final Progress.Listener progress;
  private final StateDirectory state;
  private final Optional<SandboxName> preparedAs;

  private @Nullable Path directory;
  private SourceProvider.@Nullable Workspace workspace;
  private volatile @Nullable Machine machine;
  private @Nullable SandboxRecord described;

  private Creation(CreationRequest order, StateDirectory state, Optional<SandboxName> preparedAs) {
    this.order = order;
    this.spec = order.spec();
    this.provider = order.provider();
    this.progress = order.progress();
    this.state = state;
    this.preparedAs = preparedAs;
  }

  /** Creates what is asked for. */
  static Creation of(CreationRequest order) {
    return new Creation(order, order.core().state(), Optional.empty());
  }

  /** Creates a sandbox beforehand, which is to be adopted for what is asked for. */
  static Creation prepared(CreationRequest order) {
    SandboxName name = SandboxPool.newName(order.fingerprint());
    return new Creation(order.named(name), order.core().prepared().state(), Optional.of(name));
  }

  /** Returns the sandbox, running and ready. */
  Machine create() {
    try {
      return createOrThrow();
    } catch (RuntimeException | Error failure) {
      undo(failure);
      throw failure;
    }
  }

  private Machine createOrThrow() {
    SandboxName name = spec.name();
    if (provider.find(name).isPresent()) {
      throw StateDirectory.taken(name, null);
    }
    Path claimed = state.claim(name, SandboxFile.claim(order.providerId(), record(0, Map.of())));
    directory = claimed;
    order.host().step("name claimed");
    Optional<Machine> adopted =
        preparedAs.isPresent() ? Optional.empty() : new PoolClaim(order).adopt();
    if (adopted.isPresent()) {
      return adopted.get();
    }
    int uid = id(claimed, "unix:uid");
    int gid = id(claimed, "unix:gid");
    SandboxLayout layout = provider.layout(name);

    SourceProvider.Checkout checkout = checkOut(claimed, layout);
    List<Mount> mounts = new ArrayList<>(checkout.mounts());
    boolean mountsSupervisor = spec.supervisor() && order.can(Capability.BIND_MOUNTS);
    if (mountsSupervisor) {
      mounts.add(Supervisor.mount(claimed, layout));
    }
    SandboxRecord record = record(uid, checkout.labels());
    MachineSpec.Builder machine =
        MachineSpec.builder(name)
            .software(spec.supervisor() ? order.agent().software(order.host()) : List.of())
            .labels(record.toLabels())
            .environment(order.environment())
            .mounts(mounts)
            .resources(spec.resources())
            .network(order.network())
            .routes(!order.routes().isEmpty() || (spec.supervisor() && order.agent().usesRoutes()))
            .user(uid, gid);
    spec.image().or(() -> order.host().setting("image")).ifPresent(machine::image);
    MachineSpec machineSpec = machine.build();
    state.write(name, SandboxFile.creating(order.providerId(), machineSpec));
    described = record;
    order.host().step("machine described");

    boolean foreign = machineSpec.image().isPresent() || !provider.preinstalls();
    Machine created = start(machineSpec, checkout.completion(), foreign);
    SandboxConnection connection = new SandboxConnection(provider, created.id(), layout, name);
    if (foreign) {
      requirePrograms(connection, created.image());
    }
    fill(connection, checkout);
    if (spec.supervisor() && !mountsSupervisor) {
      new Supervisor(connection, name).install();
      order.host().step("supervisor installed");
    }
    if (spec.supervisor() && foreign) {
      new Installer(connection, name).install(order.agent(), order.host(), progress);
      order.host().step("agent installed");
    }
    order.limit(created.id());
    state.write(name, SandboxFile.created(order.providerId(), machineSpec));
    order.host().step("sandbox ready");
    return created;
  }

  private SourceProvider.Checkout checkOut(Path claimed, SandboxLayout layout) {
    if (spec.source().isEmpty()) {
      return new SourceProvider.Checkout(Map.of(), List.of(), List.of(), List.of());
    }
    Source source = spec.source().get();
    progress.onProgress(Progress.of("Checking out", source.location()));
    SourceProvider.Checkout checkout =
        order
            .sources()
            .orElseThrow()
            .checkout(
                new SourceProvider.Request(
                    spec.name(), source, claimed, layout, order.delivery(), order.host()),
                progress);
    workspace =
        new SourceProvider.Workspace(
            spec.name(), source, claimed, layout, checkout.labels(), order.host());
    return checkout;
  }

  /** Starts the machine while the rest of the checkout goes on. */
  private Machine start(MachineSpec machineSpec, Runnable completion, boolean foreign) {
    progress.onProgress(Progress.of("Starting sandbox", spec.name().value()));
    Runnable meanwhile = completion;
    if (foreign) {
      // What a foreign image runs when it starts must not come between git and its files.
      completion.run();
      meanwhile = () -> {};
    }
    return RunBoth.run(
        () -> {
          Machine created = provider.create(machineSpec, progress);
          machine = created;
          order.host().step("machine created");
          if (!order.routes().isEmpty()) {
            provider.gateways().orElseThrow().openSharedRoutes(created.id(), order.routes());
            order.host().step("routes opened");
          }
          return created;
        },
        meanwhile);
  }

  private SandboxRecord record(int uid, Map<String, String> checkoutLabels) {
    return order.record(uid, preparedAs, checkoutLabels);
  }

  // What this process makes belongs to the user that it runs as, whatever user.name says.
  private static int id(Path path, String attribute) {
    try {
      return (Integer) Files.getAttribute(path, attribute);
    } catch (IOException e) {
      throw new DispenseException("Tried to find out the owner of " + path + " but failed.", e);
    }
  }

  /** Without them, what the agent does could not be brought back; better said before it begins. */
  private void requirePrograms(SandboxConnection connection, String image) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", SAY_WHICH_ARE_MISSING, "sh"));
    argv.addAll(order.sources().map(SourceProvider::programs).orElse(List.of()));
    ExecResult result;
    try {
      result = connection.exec(Command.of(argv));
    } catch (UnavailableException e) {
      throw staysRunning() ? e : cannotRun(image, "", e);
    }
    if (!result.isSuccess()) {
      String why = PrintableText.printable(result.stderr(), 200);
      throw cannotRun(image, why.isBlank() ? "" : " (" + why + ")", null);
    }
    Optional<String> missing = result.stdout().lines().findFirst();
    if (missing.isPresent()) {
      throw new UnavailableException(
          ("The image '%s' has no %s, which the sandbox needs to work on its source. Use an image"
                  + " that has it, or add it to this one.")
              .formatted(PrintableText.printable(image, 120), missing.get()));
    }
  }

  /** A machine that ends at once may be started again and again, and then runs now and then. */
  private boolean staysRunning() {
    for (int look = 0; look < LOOKS; look++) {
      Optional<Machine> found = provider.find(spec.name());
      if (found.isEmpty() || found.get().state() != SandboxInfo.State.RUNNING) {
        return false;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        throw DispenseException.interrupted("waiting for the sandbox to run", e);
      }
    }
    return true;
  }

  private static UnavailableException cannotRun(
      String image, String why, @Nullable Exception cause) {
    return new UnavailableException(
        ("Tried to run 'sh' in the sandbox but failed%s. The image '%s' has no such program, or is"
                + " made for another kind of machine. Use an image for this kind of machine that"
                + " has a shell and git.")
            .formatted(why, PrintableText.printable(image, 120)),
        cause);
  }

  private void fill(SandboxConnection connection, SourceProvider.Checkout checkout) {
    for (SourceProvider.Upload upload : checkout.uploads()) {
      progress.onProgress(Progress.of("Uploading", upload.path()));
      Transfer.upload(connection, upload.host(), upload.path());
      order.host().step("files uploaded");
    }
    for (Command command : checkout.setup()) {
      ExecResult result = connection.exec(command);
      if (!result.isSuccess()) {
        throw new UnavailableException(
            "Tried to set up the workspace with '%s' but failed with exit code %d: %s"
                .formatted(
                    String.join(" ", command.argv()),
                    result.exitCode(),
                    PrintableText.printable(result.stderr(), 500)));
      }
      order.host().step("workspace set up");
    }
  }

  /** Undoes what was done, last first; what cannot be undone is told with the failure. */
  private void undo(Throwable failure) {
    boolean interrupted = Thread.interrupted();
    SourceProvider.Workspace checkedOut = workspace;
    boolean machineGone = attempt(failure, this::deleteMachine);
    boolean workspaceGone =
        checkedOut == null
            || (machineGone
                && attempt(failure, () -> order.sources().orElseThrow().remove(checkedOut)));
    if (directory != null) {
      boolean clean =
          machineGone && workspaceGone && attempt(failure, () -> state.delete(spec.name()));
      if (!clean) {
        attempt(failure, this::abandon);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Deletes the machine; also one whose making failed for this side only, as a connection broke.
   */
  private void deleteMachine() {
    Machine created = machine;
    SandboxRecord record = described;
    if (created != null) {
      provider.delete(created.id());
    } else if (record != null) {
      provider
          .find(spec.name())
          .filter(it -> Context.isOf(it, record))
          .map(Machine::id)
          .ifPresent(provider::delete);
    }
  }

  /** Leaves the rest to whoever deletes the sandbox by its name. */
  private void abandon() {
    state
        .read(spec.name())
        .ifPresent(values -> state.write(spec.name(), new SandboxFile(values).abandoned()));
  }

  private static boolean attempt(Throwable failure, Runnable undoing) {
    try {
      undoing.run();
      return true;
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      return false;
    }
  }
}
