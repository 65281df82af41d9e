package dev.dispense.git;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Text;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A repository of the user.
 *
 * @param git runs git where the user named the repository
 * @param commonDirectory the git directory that all its worktrees share, without symbolic links
 * @param worktree the root of the worktree that the user named; empty in a bare repository
 * @param objectFormat {@code sha1} or {@code sha256}
 */
record Repository(Git git, Path commonDirectory, Optional<Path> worktree, String objectFormat) {

  /**
   * Finds the repository that a directory is in.
   *
   * @return empty when it is in none
   * @throws RefusedException when git does not want to look at it
   */
  static Optional<Repository> find(Git git) {
    // The path comes last: it may hold line breaks.
    GitResult common =
        git.tryRun(
            "rev-parse", "--show-object-format", "--is-inside-work-tree", "--git-common-dir");
    if (!common.isSuccess()) {
      if (common.stderr().contains("not a git repository (or any")) {
        return Optional.empty();
      }
      throw new RefusedException(
          "Tried to use the git repository at "
              + git.directory()
              + " but failed because "
              + common.reason());
    }
    String[] answers = common.line().split("\n", 3);
    try {
      Path commonDirectory = git.directory().resolve(answers[2]).toRealPath();
      Optional<Path> worktree =
          answers[1].equals("true")
              ? Optional.of(Path.of(git.run("rev-parse", "--show-toplevel")).toRealPath())
              : Optional.empty();
      return Optional.of(new Repository(git, commonDirectory, worktree, answers[0]));
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to find the repository of " + git.directory() + " but failed because " + e, e);
    }
  }

  /** Returns the repository at a git directory that was found earlier; empty when it is gone. */
  static Optional<Repository> at(Git git, Path commonDirectory) {
    if (!Files.isDirectory(commonDirectory.resolve("objects"))) {
      return Optional.empty();
    }
    Git there = git.at(commonDirectory);
    GitResult format = there.tryRun("rev-parse", "--show-object-format");
    return format.isSuccess()
        ? Optional.of(new Repository(there, commonDirectory, Optional.empty(), format.line()))
        : Optional.empty();
  }

  /**
   * Returns git for the data that all worktrees share. It looks at no worktree, and so at none that
   * an agent can write to.
   */
  Git shared() {
    return git.at(commonDirectory);
  }

  /** Returns the part of the worktree that the user named, with slashes; empty at the root. */
  String subdirectory() {
    try {
      Path named = git.directory().toRealPath();
      return worktree
          .filter(named::startsWith)
          .map(root -> root.relativize(named).toString().replace(File.separatorChar, '/'))
          .orElse("");
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to look at " + git.directory() + " but failed because " + e, e);
    }
  }

  Path objects() {
    return commonDirectory.resolve("objects");
  }

  /** Returns the commit that is checked out; empty when there is none yet. */
  Optional<CommitId> head() {
    return resolve("HEAD");
  }

  /**
   * Returns the commit that {@code revision} names.
   *
   * @throws IllegalArgumentException when it could be taken for an option
   * @throws NotFoundException when it names none
   */
  CommitId commit(String revision) {
    if (revision.isEmpty()
        || revision.startsWith("-")
        || revision.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "'" + Text.printable(revision, 80) + "' is not a branch, tag or commit to start from.");
    }
    return resolve(revision)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "Tried to start from '"
                        + Text.printable(revision, 80)
                        + "' but "
                        + git.directory()
                        + " has no branch, tag or commit of that name. A branch that only a remote"
                        + " has is named like origin/main; fetch it first."));
  }

  /** Returns the commit that {@code revision}, which must not be an option, names. */
  Optional<CommitId> resolve(String revision) {
    GitResult result =
        git.tryRun("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");
    return result.isSuccess() ? Optional.of(new CommitId(result.line())) : Optional.empty();
  }

  /** Returns the worktree in which a branch is checked out; empty when it is in none. */
  Optional<Path> worktreeWith(String branchRef) {
    String path =
        shared().retrying("for-each-ref", "--format=%(worktreepath)", branchRef).orThrow().line();
    return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
  }
}
