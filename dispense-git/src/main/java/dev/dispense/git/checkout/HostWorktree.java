package dev.dispense.git.checkout;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.Labels;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.Rollback;
import dev.dispense.git.repository.SandboxRefs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A worktree of the user's repository with a branch of its own, as {@code git worktree add} makes
 * it. Once an agent has seen its files, no git of this machine runs in it any more.
 *
 * @param repository whose worktree it is
 * @param path where it is
 * @param branch the branch that is checked out in it
 */
public record HostWorktree(Repository repository, Path path, String branch) {
  // Large files stay pointers; the sandbox may have neither git-lfs nor a way to fetch them.
  private static final Map<String, String> WITHOUT_LFS =
      Map.of("filter.lfs.smudge", "", "filter.lfs.process", "", "filter.lfs.required", "false");

  private String ref() {
    return "refs/heads/" + branch;
  }

  private Environment host() {
    return repository.git().host();
  }

  /**
   * Makes sure that there is no branch of the name. One that an earlier sandbox left, and that has
   * no commit of its own, is removed.
   *
   * @throws RefusedException when there is one that has
   */
  void claimBranch(SandboxRefs refs, Rollback undo, Progress.Listener progress) {
    Optional<CommitId> present = refs.read(ref());
    if (present.isEmpty()) {
      return;
    }
    repository.worktreeWith(ref()).ifPresent(this::forgetOrRefuse);
    String others = ownCommits(refs);
    if (!others.equals("0")) {
      throw new RefusedException(
          "Tried to make the branch "
              + branch
              + " but failed because it is there already, with "
              + others
              + " commit(s) that no other ref has. Rename it (git branch -m "
              + branch
              + " <new name>), delete it (git branch -D "
              + branch
              + "), or choose another name for the sandbox.");
    }
    refs.update("remove a stale branch", List.of("delete " + ref() + " " + present.get()));
    undo.add(
        () ->
            refs.update(
                "restore a stale branch", List.of("create " + ref() + " " + present.get())));
    host().step("stale branch removed");
    progress.onNotice(
        "The branch "
            + branch
            + " of an earlier sandbox had no commits of its own; it was removed.");
  }

  private void forgetOrRefuse(Path other) {
    if (other.equals(path) && !Files.exists(path)) {
      removeEntry();
    } else {
      throw new RefusedException(
          "Tried to make the branch "
              + branch
              + " but failed because it is checked out in "
              + other
              + ". Delete the sandbox that it belongs to, remove the worktree (git worktree remove "
              + other
              + "), or choose another name for the sandbox.");
    }
  }

  /**
   * Makes the branch at {@code base} and the worktree, without running any hook and without the
   * files.
   *
   * @return the worktree's own git directory in the repository
   */
  Path add(CommitId base, SandboxRefs refs, Rollback undo) {
    refs.update("create " + branch, List.of("create " + ref() + " " + base));
    undo.add(() -> refs.update("remove " + branch, List.of("delete " + ref() + " " + base)));
    host().step("branch created");
    undo.add(this::removeEntry);
    undo.add(() -> Deletion.of(path));
    GitResult result =
        repository
            .git()
            .retrying("worktree", "add", "--quiet", "--no-checkout", "--", path.toString(), branch);
    if (!result.isSuccess()) {
      throw result.failure("make a worktree for " + base.abbreviated());
    }
    host().step("worktree added");
    return gitDirectory();
  }

  /**
   * Makes this the branch, at {@code base}, of a worktree that is there under another branch. Only
   * for a worktree that no agent has seen.
   *
   * @return the worktree's own git directory in the repository
   */
  Path adopt(Labels before, CommitId base, SandboxRefs refs, Rollback undo) {
    Path own = gitDirectory();
    String old = "refs/heads/" + before.branch();
    String doing = "rename " + before.branch() + " to " + branch;
    refs.update(
        doing, List.of("create " + ref() + " " + base, "delete " + old + " " + before.base()));
    undo.add(() -> refs.update("undo: " + doing, List.of("delete " + ref() + " " + base)));
    host().step("branch renamed");
    repository.git().at(own).retrying("symbolic-ref", "HEAD", ref()).orThrow();
    host().step("branch checked out");
    return own;
  }

  /**
   * Writes the files, as {@code git worktree add} does. Only for a worktree that no agent has seen.
   *
   * @param gitDirectory what {@link #add} returned
   */
  void fill(Path gitDirectory, CommitId base) {
    GitResult result =
        repository
            .git()
            .at(gitDirectory)
            .with("GIT_WORK_TREE", path.toString())
            .in(path)
            .configured(WITHOUT_LFS)
            .tryRun("reset", "--quiet", "--hard", "--no-recurse-submodules", base.value());
    if (!result.isSuccess()) {
      throw result.failure("check out " + base.abbreviated());
    }
    host().step("files checked out");
  }

  // The pointer to it is a file in the worktree, which no agent has seen yet.
  private Path gitDirectory() {
    try {
      String pointer = Files.readString(path.resolve(".git"));
      return Path.of(pointer.substring("gitdir: ".length(), pointer.length() - 1));
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to read " + path + " but failed because " + DispenseException.reason(e) + ".", e);
    }
  }

  /**
   * Removes the files, without looking at them, then git's entry of the worktree, and the branch
   * unless somebody moved it or has it checked out. What is gone already is passed over.
   */
  public void remove(CommitId base, SandboxRefs refs) {
    Deletion.of(path);
    host().step("worktree files removed");
    removeEntry();
    host().step("worktree entry removed");
    deleteUnmoved(refs, ref(), base);
    host().step("branch removed");
  }

  /** Deletes a ref that still points at {@code value} and is checked out nowhere. */
  public void deleteUnmoved(SandboxRefs refs, String ref, CommitId value) {
    if (refs.read(ref).filter(value::equals).isPresent()
        && repository.worktreeWith(ref).isEmpty()) {
      try {
        refs.update("remove " + ref, List.of("delete " + ref + " " + value));
      } catch (DispenseException e) {
        // Another process may be removing the same sandbox.
        if (refs.read(ref).filter(value::equals).isPresent()) {
          throw e;
        }
      }
    }
  }

  /**
   * Removes git's entry of a worktree whose files are gone, and its branch unless it is checked out
   * somewhere else. A branch that has commits of its own is kept as another ref.
   *
   * @return the ref that keeps it
   */
  public Optional<String> forget(SandboxRefs refs) {
    removeEntry();
    Optional<CommitId> present = refs.read(ref());
    if (present.isEmpty() || repository.worktreeWith(ref()).isPresent()) {
      return Optional.empty();
    }
    String delete = "delete " + ref() + " " + present.get();
    if (ownCommits(refs).equals("0")) {
      refs.update("remove " + branch, List.of(delete));
      return Optional.empty();
    }
    String kept = refs.kept(present.get(), "branch");
    refs.update("keep " + branch, List.of("update " + kept + " " + present.get(), delete));
    return Optional.of(kept);
  }

  private String ownCommits(SandboxRefs refs) {
    return refs.git().run("rev-list", "--count", ref(), "--not", "--exclude=" + ref(), "--all");
  }

  // Not "git worktree prune": that would also forget worktrees of the user that are only unmounted.
  private void removeEntry() {
    GitResult result =
        repository
            .shared()
            .retrying("worktree", "remove", "--force", "--force", "--", path.toString());
    if (!result.isSuccess() && !result.stderr().contains("is not a working tree")) {
      throw result.failure("remove the worktree " + path);
    }
  }
}
