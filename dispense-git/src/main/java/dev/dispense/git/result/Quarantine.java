package dev.dispense.git.result;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.UnavailableException;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitConfig;
import dev.dispense.git.command.Identity;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.GitDirectory;
import dev.dispense.git.repository.Labels;
import dev.dispense.git.repository.ObjectStores;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.SandboxFiles;
import dev.dispense.spi.SourceProvider.Workspace;
import dev.dispense.support.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The repository in which results are checked and read. It borrows the objects of the one that the
 * sandbox came from, and has nothing else of it: no configuration, no hooks, no refs. Nothing is
 * ever collected as garbage in it, so commits need no refs to stay.
 *
 * @param git runs in it, sealed
 * @param origin the repository that the sandbox came from, or what was copied from a directory
 * @param partial whether the origin is a partial clone
 */
public record Quarantine(Git git, Repository origin, boolean partial) {
  // No attribute of the agent's may leave files out of an export, fill in text, or name a filter:
  // these go before all that are in the tree.
  public static final String ATTRIBUTES = "* -export-ignore -export-subst -filter\n";

  /** Opens the quarantine of a sandbox, which is made at the first time. */
  public static Quarantine open(Workspace workspace, Labels labels) {
    SandboxFiles files =
        new SandboxFiles(workspace.name(), workspace.directory(), workspace.layout());
    Path commonDirectory = labels.repository().orElse(files.baseline());
    Repository origin =
        Repository.at(Git.of(workspace.host(), workspace.host().userHome()), commonDirectory)
            .orElseThrow(
                () ->
                    new UnavailableException(
                        "Tried to read the work of the sandbox "
                            + workspace.name()
                            + " but failed because "
                            + commonDirectory
                            + ", which it was created from, is not on this machine any more."));
    if (labels.repository().isEmpty()) {
      origin = new Repository(origin.git().sealed(), commonDirectory, Optional.empty(), "sha1");
    }
    Path path = files.quarantine();
    if (!Files.isDirectory(path)) {
      create(path, origin);
    }
    Git git = origin.git().sealed().as(Identity.DISPENSE).at(path);
    Quarantine quarantine = new Quarantine(git, origin, GitConfig.of(origin.git()).isPartial());
    quarantine.requireBase(labels.base());
    return quarantine;
  }

  private static void create(Path path, Repository origin) {
    Path draft = path.resolveSibling(ProcessId.temporaryName("quarantine"));
    try {
      Files.createDirectories(draft);
      GitDirectory.create(draft, origin.objectFormat(), true, Map.of())
          .alternates(List.of(origin.objects().toString()))
          .copy(origin.commonDirectory(), "shallow")
          .write("info/attributes", ATTRIBUTES);
      origin.git().host().step("quarantine drafted");
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
      origin.git().host().step("quarantine made");
    } catch (IOException e) {
      // Another thread or process may have been faster.
      if (!Files.isDirectory(path)) {
        throw failure("make " + path, e);
      }
    } finally {
      Deletion.of(draft);
    }
  }

  private void requireBase(CommitId base) {
    if (!git.tryRun("cat-file", "-e", base + "^{commit}").isSuccess()) {
      throw new UnavailableException(
          "Tried to read the work of the sandbox but failed because "
              + origin.commonDirectory()
              + " does not have the commit any more that the agent started from, "
              + base
              + ".");
    }
  }

  /**
   * Checks a result and takes its objects in; returns it with the pack that they are in then. They
   * are checked beside what is borrowed alone: what earlier results brought does not fill a gap.
   */
  Result admit(Result result) {
    Path draft = git.directory().resolveSibling(ProcessId.temporaryName("objects"));
    try {
      // Not its parents: when the sandbox was deleted meanwhile, they would take its name again.
      Files.createDirectory(draft);
      Files.createDirectory(draft.resolve("info"));
      Files.writeString(
          draft.resolve("info/alternates"),
          ObjectStores.alternates(List.of(origin.objects().toString())));
      Git alone = git.with("GIT_OBJECT_DIRECTORY", draft.toString());
      Optional<CheckedPack> pack =
          result
              .admit(alone, partial)
              .map(name -> new CheckedPack(draft.resolve("pack"), name, origin.objects()));
      return new Result(
          result.base(), result.head(), result.work(), result.bundle(), pack.map(this::takeIn));
    } catch (IOException e) {
      throw failure("write " + draft, e);
    } finally {
      Deletion.of(draft);
    }
  }

  private CheckedPack takeIn(CheckedPack pack) {
    Path packs = git.directory().resolve("objects/pack");
    try {
      return pack.moveInto(packs);
    } catch (IOException e) {
      throw failure("write in " + packs, e);
    }
  }

  private static DispenseException failure(String tried, IOException e) {
    return new DispenseException(
        "Tried to " + tried + " but failed because " + DispenseException.reason(e) + ".", e);
  }
}
