package dev.dispense.git.delivery;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.SandboxName;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.SandboxRefs;
import dev.dispense.git.repository.TreeDiff;
import dev.dispense.git.result.Quarantine;
import dev.dispense.git.result.Result;
import dev.dispense.spi.SourceProvider.Workspace;
import dev.dispense.support.ProcessId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps a result beyond the life of its sandbox. */
public final class WorkArchive {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Workspace workspace;
  private final Quarantine quarantine;
  private final Result result;

  public WorkArchive(Workspace workspace, Quarantine quarantine, Result result) {
    this.workspace = workspace;
    this.quarantine = quarantine;
    this.result = result;
  }

  /** Returns the directory of all that is kept as files. */
  public static Path directory(Environment host) {
    return host.stateDirectory().resolve("kept");
  }

  /** Keeps the result as refs of a repository, unless they are so already. */
  public Optional<String> inRepository() {
    Repository repository = quarantine.origin();
    SandboxRefs refs = new SandboxRefs(repository.shared().sealed(), name());
    if (refs.read(refs.head()).filter(result.head()::equals).isPresent()
        && refs.read(refs.work()).filter(result.work()::equals).isPresent()) {
      return Optional.empty();
    }
    new RefFetch(name(), result, repository).fetch(Optional.empty());
    return Optional.of(refs.work() + " in " + repository.commonDirectory());
  }

  /** Keeps the result as files of its own, unless there are such already. */
  public Optional<String> inFiles() {
    Path all = directory(workspace.host());
    String file = result.work().abbreviated();
    try {
      if (isKept(all, file + ".bundle")) {
        return Optional.empty();
      }
      Path directory = newDirectory(all);
      Path draft = all.resolve(ProcessId.temporaryName(".keeping"));
      try {
        write(draft, file);
        Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Deletion.of(draft);
      }
      workspace.host().step("work kept");
      return Optional.of("a git bundle and a patch in " + directory);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to keep the work in "
              + all
              + " but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }

  private Path newDirectory(Path all) {
    String base = name() + "-" + TIME.format(workspace.host().clock().instant());
    Path directory = all.resolve(base);
    for (int i = 2; Files.exists(directory); i++) {
      directory = all.resolve(base + "." + i);
    }
    return directory;
  }

  private void write(Path draft, String file) throws IOException {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(draft, ownerOnly);
    workspace.host().step("keeping begun");
    try (OutputStream patch = Files.newOutputStream(draft.resolve(file + ".patch"))) {
      TreeDiff.write(quarantine.git(), result.base(), result.work(), patch);
    }
    workspace.host().step("patch written down");
    writeBundle(draft.resolve(file + ".bundle"));
    workspace.host().step("bundle written down");
  }

  private boolean isKept(Path all, String file) throws IOException {
    if (!Files.isDirectory(all)) {
      return false;
    }
    try (Stream<Path> kept = Files.list(all)) {
      return kept.anyMatch(
          directory ->
              directory.getFileName().toString().matches(name() + "-\\d{8}-\\d{6}(\\.\\d+)?")
                  && Files.exists(directory.resolve(file)));
    }
  }

  // Of the whole history: what the agent started from goes away with the sandbox.
  private void writeBundle(Path file) {
    SandboxRefs refs = new SandboxRefs(quarantine.git(), name());
    refs.update(
        "keep", List.of(update(refs.head(), result.head()), update(refs.work(), result.work())));
    quarantine.git().run("bundle", "create", "--quiet", file.toString(), refs.head(), refs.work());
  }

  private static String update(String ref, CommitId id) {
    return "update " + ref + " " + id;
  }

  private SandboxName name() {
    return workspace.name();
  }
}
