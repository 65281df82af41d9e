package dev.dispense;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
  private final Host host;
  private final StateDirectory state;
  private final String providerId;
  private final SandboxProvider provider;
  private final Optional<SourceProvider> sources;
  private final Agent agent;
  private final SandboxSpec spec;
  private final Progress.Listener progress;
  private final Instant began;

  private @Nullable Path directory;
  private SourceProvider.@Nullable Workspace workspace;
  private @Nullable Machine machine;
  private @Nullable SandboxRecord described;

  Creation(
      Host host,
      StateDirectory state,
      String providerId,
      SandboxProvider provider,
      Optional<SourceProvider> sources,
      Agent agent,
      SandboxSpec spec,
      Progress.Listener progress) {
    this.host = host;
    this.state = state;
    this.providerId = providerId;
    this.provider = provider;
    this.sources = sources;
    this.agent = agent;
    this.spec = spec;
    this.progress = progress;
    this.began = host.clock().instant();
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
    Path claimed = state.claim(name, SandboxFile.claim(providerId, record(0, Map.of())));
    directory = claimed;
    host.step("name claimed");
    int uid = id(claimed, "unix:uid");
    int gid = id(claimed, "unix:gid");
    SandboxLayout layout = provider.layout(name);

    SourceProvider.Checkout checkout = checkOut(claimed, layout);
    SandboxRecord record = record(uid, checkout.labels());
    MachineSpec machineSpec =
        new MachineSpec(
            name,
            spec.image().or(() -> host.setting("image")),
            spec.supervisor() ? agent.software(host) : List.of(),
            record.toLabels(),
            spec.environment(),
            checkout.mounts(),
            spec.resources(),
            spec.network(),
            uid,
            gid);
    state.write(name, SandboxFile.creating(providerId, machineSpec));
    described = record;
    host.step("machine described");

    progress.onProgress(Progress.of("Starting sandbox", name.value()));
    Machine created = provider.create(machineSpec, progress);
    machine = created;
    host.step("machine created");
    SandboxConnection connection = new SandboxConnection(provider, created.id(), layout);
    boolean foreign = machineSpec.image().isPresent() || !provider.preinstalls();
    if (foreign) {
      requirePrograms(connection, created.image());
    }
    fill(connection, checkout);
    if (spec.supervisor()) {
      new Supervisor(connection, name).install();
      host.step("supervisor installed");
      if (foreign) {
        new Installer(connection, name).install(agent, host, progress);
        host.step("agent installed");
      }
    }
    state.write(name, SandboxFile.created(providerId, machineSpec));
    host.step("sandbox ready");
    return created;
  }

  private SourceProvider.Checkout checkOut(Path claimed, SandboxLayout layout) {
    if (spec.source().isEmpty()) {
      return new SourceProvider.Checkout(Map.of(), List.of(), List.of(), List.of());
    }
    Source source = spec.source().get();
    progress.onProgress(Progress.of("Checking out", source.location()));
    SourceProvider.Delivery delivery =
        provider.capabilities().contains(Capability.BIND_MOUNTS)
            ? SourceProvider.Delivery.MOUNT
            : SourceProvider.Delivery.UPLOAD;
    SourceProvider.Checkout checkout =
        sources
            .orElseThrow()
            .checkout(
                new SourceProvider.Request(spec.name(), source, claimed, layout, delivery, host),
                progress);
    workspace =
        new SourceProvider.Workspace(spec.name(), source, claimed, layout, checkout.labels(), host);
    return checkout;
  }

  private SandboxRecord record(int uid, Map<String, String> checkoutLabels) {
    return new SandboxRecord(
        spec.name(),
        agent.id(),
        spec.model(),
        host.userName(),
        began,
        spec.source(),
        spec.supervisor(),
        spec.network(),
        uid,
        host.stateDirectory(),
        checkoutLabels);
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
    for (String program : sources.map(SourceProvider::programs).orElse(List.of())) {
      if (!connection
          .exec(Command.of("sh", "-c", "command -v \"$1\"", "sh", program))
          .isSuccess()) {
        throw new UnavailableException(
            ("The image '%s' has no %s, which the sandbox needs to work on its source. Use an image"
                    + " that has it, or add it to this one.")
                .formatted(Text.printable(image, 120), program));
      }
    }
  }

  private void fill(SandboxConnection connection, SourceProvider.Checkout checkout) {
    for (SourceProvider.Upload upload : checkout.uploads()) {
      progress.onProgress(Progress.of("Uploading", upload.path()));
      Transfer.upload(connection, upload.host(), upload.path());
      host.step("files uploaded");
    }
    for (Command command : checkout.setup()) {
      ExecResult result = connection.exec(command);
      if (!result.isSuccess()) {
        throw new UnavailableException(
            "Tried to set up the workspace with '%s' but failed with exit code %d: %s"
                .formatted(
                    String.join(" ", command.argv()),
                    result.exitCode(),
                    Text.printable(result.stderr(), 500)));
      }
      host.step("workspace set up");
    }
  }

  /** Undoes what was done, last first; what cannot be undone is told with the failure. */
  private void undo(Throwable failure) {
    boolean interrupted = Thread.interrupted();
    SourceProvider.Workspace checkedOut = workspace;
    boolean machineGone = attempt(failure, this::deleteMachine);
    boolean workspaceGone =
        checkedOut == null
            || (machineGone && attempt(failure, () -> sources.orElseThrow().remove(checkedOut)));
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
      provider.find(spec.name()).filter(record::isOf).map(Machine::id).ifPresent(provider::delete);
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
