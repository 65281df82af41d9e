package dev.dispense.git.repository;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
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
public record Repository(
    Git git, Path commonDirectory, Optional<Path> worktree, String objectFormat) {

  /**
   * Finds the repository that a directory is in.
   *
   * @return empty when it is in none
   * @throws RefusedException when git does not want to look at it
   */
  public static Optional<Repository> find(Git git) {
    // The path comes last: it may hold line breaks.
    GitResult common =
        git.tryRun(
            "rev-parse", "--show-object-format", "--is-inside-work-tree", "--git-common-dir");
    if (!common.isSuccess()) {
      if (common.stderr().contains("not a git repository (or any")) {
        refuseDamaged(git.directory());
        return Optional.empty();
      }
      throw refusal(git.directory(), common);
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
          "Tried to find the repository of "
              + git.directory()
              + " but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }

  /** Git passes over a directory .git that it cannot use; then the history would be missed. */
  private static void refuseDamaged(Path directory) {
    for (Path parent = real(directory); parent != null; parent = parent.getParent()) {
      Path dotGit = parent.resolve(".git");
      if (Files.isDirectory(dotGit.resolve("objects")) || Files.exists(dotGit.resolve("HEAD"))) {
        throw new RefusedException(
            "Tried to use the git repository at "
                + parent
                + " but failed because git does not take "
                + dotGit
                + " for one: its HEAD, refs or objects are missing or damaged. Mend it, until"
                + " 'git status' works there.");
      }
    }
  }

  private static RefusedException refusal(Path directory, GitResult result) {
    String advice =
        result.stderr().contains("dubious ownership")
            ? "it belongs to another user, whose settings could run programs as you. If you trust"
                + " it: git config --global --add safe.directory '"
                + directory
                + "'"
            : result.reason() + ". Mend it, until 'git status' works there.";
    return new RefusedException(
        "Tried to use the git repository at " + directory + " but failed because " + advice);
  }

  /** Returns the repository at a git directory that was found earlier; empty when it is gone. */
  public static Optional<Repository> at(Git git, Path commonDirectory) {
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
  public Git shared() {
    return git.at(commonDirectory);
  }

  /** Returns the part of the worktree that the user named, with slashes; empty at the root. */
  public String subdirectory() {
    Path named = real(git.directory());
    return worktree
        .filter(named::startsWith)
        .map(root -> root.relativize(named).toString().replace(File.separatorChar, '/'))
        .orElse("");
  }

  private static Path real(Path directory) {
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to look at "
              + directory
              + " but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }

  public Path objects() {
    return commonDirectory.resolve("objects");
  }

  /**
   * Returns the commit that is checked out; empty when there is none yet.
   *
   * @throws RefusedException when there is one, and it is damaged
   */
  public Optional<CommitId> head() {
    Optional<CommitId> head = resolve("HEAD");
    if (head.isEmpty()) {
      refuseBrokenHead();
    }
    return head;
  }

  // A branch without a commit has no ref at all.
  private void refuseBrokenHead() {
    GitResult ref = git.tryRun("symbolic-ref", "--quiet", "HEAD");
    boolean named = git.tryRun("rev-parse", "--verify", "--quiet", "HEAD").isSuccess();
    boolean written =
        !ref.isSuccess() || Files.exists(commonDirectory.resolve(Path.of(ref.line())));
    if (named || written) {
      throw new RefusedException(
          "Tried to find the commit that is checked out in "
              + git.directory()
              + " but failed because "
              + (ref.isSuccess() ? ref.line() : "HEAD")
              + " names none that is there: the repository is damaged, or an object store that it"
              + " borrows from is gone. See what 'git fsck' says there, or start from another"
              + " commit.");
    }
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
          "'"
              + PrintableText.printable(revision, 80)
              + "' is not a branch, tag or commit to start from.");
    }
    return resolve(revision)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "Tried to start from '"
                        + PrintableText.printable(revision, 80)
                        + "' but "
                        + git.directory()
                        + " has no branch, tag or commit of that name. A branch that only a remote"
                        + " has is named like origin/main; fetch it first."));
  }

  /**
   * Returns the commit that work starts from: the base, or else what is checked out.
   *
   * @throws dev.dispense.NotFoundException when there is no such base
   */
  public Optional<CommitId> start(Optional<String> base) {
    return base.isPresent() ? base.map(this::commit) : head();
  }

  /** Returns the commit that {@code revision}, which must not be an option, names. */
  Optional<CommitId> resolve(String revision) {
    GitResult result =
        git.tryRun("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");
    return result.isSuccess() ? Optional.of(new CommitId(result.line())) : Optional.empty();
  }

  /** Returns the worktree in which a branch is checked out; empty when it is in none. */
  public Optional<Path> worktreeWith(String branchRef) {
    String path =
        shared().retrying("for-each-ref", "--format=%(worktreepath)", branchRef).orThrow().line();
    return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
  }
}
