package dev.dispense.git.delivery;

import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitConfig;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.repository.NameList;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.TreeDiff;
import dev.dispense.git.result.Quarantine;
import dev.dispense.git.result.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Applies a result to the files of a directory. Git runs there with the quarantine as its
 * repository: it sees no configuration, filter or index of the directory's own.
 */
public final class PatchApplication {
  private final Result result;
  private final Quarantine quarantine;
  private final Path directory;
  private final boolean ofRepository;

  /**
   * Prepares to apply to {@code directory}; when the paths in the result are those of a repository,
   * to the root of the worktree that the directory is in.
   */
  public PatchApplication(
      Result result, Quarantine quarantine, Path directory, boolean ofRepository) {
    this.result = result;
    this.quarantine = quarantine;
    this.directory = directory.toAbsolutePath();
    this.ofRepository = ofRepository;
  }

  /**
   * Applies it.
   *
   * @param drafts an empty directory for the time that it takes
   */
  public void apply(Path drafts) {
    if (!Files.isDirectory(directory)) {
      throw new NotFoundException("There is no directory " + directory + " to apply the work to.");
    }
    Git git = quarantine.git();
    Set<String> names = TreeDiff.names(TreeDiff.entries(git, result.base(), result.work()));
    if (names.isEmpty()) {
      return;
    }
    List<String> submodules = TreeDiff.submodules(git, result.base(), result.work());
    if (!submodules.isEmpty()) {
      throw new RefusedException(
          "Tried to apply the work to "
              + directory
              + " but failed because it changes submodules: "
              + NameList.list(submodules)
              + " Merge it instead.");
    }
    Optional<Repository> around =
        ofRepository ? Repository.find(Git.of(git.host(), directory)) : Optional.empty();
    if (around.isPresent() && around.get().worktree().isEmpty()) {
      throw new RefusedException(
          "Tried to apply the work to "
              + directory
              + " but changed nothing because there are no files of the repository there: it is a"
              + " bare repository, or a git directory. Name a worktree of it.");
    }
    Path root = around.flatMap(Repository::worktree).orElse(directory);
    Map<String, String> settings = new TreeMap<>();
    around.ifPresent(
        repository -> settings.putAll(GitConfig.of(repository.git()).worktreeSettings()));
    settings.keySet().removeIf(key -> key.startsWith("core.sparse") || key.startsWith("index."));
    Git there = git.with("GIT_WORK_TREE", root.toString()).in(root).configured(settings);
    apply(there, root, drafts, names);
  }

  private void apply(Git there, Path root, Path drafts, Set<String> names) {
    Path patch = drafts.resolve("work.patch");
    try (OutputStream out = Files.newOutputStream(patch)) {
      TreeDiff.write(quarantine.git(), result.base(), result.work(), out);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to write " + patch + " but failed because " + DispenseException.reason(e) + ".",
          e);
    }
    there.host().step("patch written");
    check(there.tryRun("apply", "--check", "--whitespace=nowarn", "--", patch.toString()), root);
    // What was checked can still fail half-way: a disk that is full, a directory that is read-only.
    SavedFiles saved = new SavedFiles(root, drafts.resolve("saved"));
    saved.save(names);
    there.host().step("files saved");
    try {
      check(there.tryRun("apply", "--whitespace=nowarn", "--", patch.toString()), root);
    } catch (RuntimeException e) {
      saved.restore(e);
      throw e;
    }
    there.host().step("patch applied");
  }

  private static void check(GitResult applied, Path root) {
    if (!applied.isSuccess()) {
      throw new RefusedException(
          "Tried to apply the work to "
              + root
              + " but nothing was changed there because "
              + applied.reason()
              + ". The files have other content than what the agent started from.");
    }
  }
}
