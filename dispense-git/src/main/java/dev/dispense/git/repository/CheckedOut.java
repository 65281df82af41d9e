package dev.dispense.git.repository;

import dev.dispense.CommitId;
import dev.dispense.RefusedException;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The branch that is checked out in a worktree of the user.
 *
 * @param repository whose worktree it is
 * @param root the root of the worktree
 * @param gitDirectory the worktree's own git directory
 * @param branch the name of the branch, without {@code refs/heads/}
 * @param head the commit that it is at
 */
public record CheckedOut(
    Repository repository, Path root, Path gitDirectory, String branch, CommitId head) {
  /** What there is in the git directory while something is under way (gitrepository-layout). */
  private static final List<Map.Entry<String, String>> UNDER_WAY =
      List.of(
          Map.entry("rebase-merge", "a rebase"),
          Map.entry("rebase-apply", "a rebase, or git am,"),
          Map.entry("MERGE_HEAD", "a merge"),
          Map.entry("CHERRY_PICK_HEAD", "a cherry-pick"),
          Map.entry("REVERT_HEAD", "a revert"),
          Map.entry("sequencer", "a cherry-pick or revert"),
          Map.entry("BISECT_LOG", "a bisection"));

  /**
   * Returns what is checked out where git of the repository runs.
   *
   * @throws RefusedException when that is nothing to which anything could be merged
   */
  public static CheckedOut in(Repository repository) {
    Git git = repository.git();
    Path root =
        repository
            .worktree()
            .orElseThrow(
                () ->
                    refused(
                        git.directory(),
                        "there are no files of it: it is a bare repository, or its git directory",
                        "Name a worktree of it, or fetch the work into a branch"));
    Path gitDirectory = Path.of(git.run("rev-parse", "--absolute-git-dir"));
    for (Map.Entry<String, String> sign : UNDER_WAY) {
      if (Files.exists(gitDirectory.resolve(sign.getKey()))) {
        throw refused(root, sign.getValue() + " is under way there", "Finish or abort it first");
      }
    }
    String prefix = "refs/heads/";
    Optional<String> ref =
        Optional.of(git.tryRun("symbolic-ref", "--quiet", "HEAD"))
            .filter(GitResult::isSuccess)
            .map(GitResult::line)
            .filter(name -> name.startsWith(prefix));
    if (ref.isEmpty()) {
      throw refused(
          root,
          "no branch is checked out there, and nothing would keep the merge",
          "Check out a branch (git switch), and try again");
    }
    String branch = ref.get().substring(prefix.length());
    CommitId head =
        repository
            .head()
            .orElseThrow(
                () ->
                    refused(
                        root,
                        "the branch " + branch + " has no commit yet",
                        "Check out another branch (git switch), and try again"));
    return new CheckedOut(repository, root, gitDirectory, branch, head);
  }

  /** Returns the full name of the branch. */
  public String ref() {
    return "refs/heads/" + branch;
  }

  public Path index() {
    return gitDirectory.resolve("index");
  }

  /** Returns the exception for a merge that was refused, with what to do next. */
  public RefusedException refused(String why, String next) {
    return refused(root, why, next);
  }

  private static RefusedException refused(Path where, String why, String next) {
    return new RefusedException(
        "Tried to merge the work into the branch in %s but changed nothing because %s%s %s."
            .formatted(where, why, why.endsWith(".") ? "" : ".", next));
  }
}
