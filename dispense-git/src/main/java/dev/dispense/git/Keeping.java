package dev.dispense.git;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.SandboxName;
import dev.dispense.SourceProvider.Workspace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps a result beyond the life of its sandbox. */
final class Keeping {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Workspace workspace;
  private final Quarantine quarantine;
  private final Result result;

  Keeping(Workspace workspace, Quarantine quarantine, Result result) {
    this.workspace = workspace;
    this.quarantine = quarantine;
    this.result = result;
  }

  /** Keeps the result as refs of a repository, unless they are so already. */
  Optional<String> inRepository() {
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
  Optional<String> inFiles() {
    Path all = workspace.host().stateDirectory().resolve("kept");
    String file = result.work().abbreviated();
    try {
      if (isKept(all, file + ".bundle")) {
        return Optional.empty();
      }
      Path directory = all.resolve(name() + "-" + TIME.format(workspace.host().clock().instant()));
      var ownerOnly =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(directory, ownerOnly);
      workspace.host().step("kept directory made");
      try (OutputStream patch = Files.newOutputStream(directory.resolve(file + ".patch"))) {
        TreeDiff.write(quarantine.git(), result.base(), result.work(), patch);
      }
      workspace.host().step("patch kept");
      writeBundle(directory.resolve(file + ".bundle"));
      workspace.host().step("bundle kept");
      return Optional.of("a git bundle and a patch in " + directory);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to keep the work in " + all + " but failed because " + e, e);
    }
  }

  private boolean isKept(Path all, String file) throws IOException {
    if (!Files.isDirectory(all)) {
      return false;
    }
    try (Stream<Path> kept = Files.list(all)) {
      return kept.anyMatch(
          directory ->
              directory.getFileName().toString().matches(name() + "-\\d{8}-\\d{6}")
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
