package dev.dispense.git.delivery;

import dev.dispense.Changes.Fetched;
import dev.dispense.CommitId;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitConfig;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.SandboxRefs;
import dev.dispense.git.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a result into a repository of the user. Only objects and refs are written: no git runs in
 * any worktree, and none that reads its index or runs its hooks.
 */
public final class RefFetch {
  private final Result result;
  private final Repository repository;
  private final GitConfig config;
  private final SandboxRefs refs;

  public RefFetch(SandboxName name, Result result, Repository repository) {
    this.result = result;
    this.repository = repository;
    this.config = GitConfig.of(repository.git());
    Git git =
        repository
            .shared()
            .sealed()
            .as(config.identity(repository.git().host()))
            .configured(Map.of("core.logAllRefUpdates", "always"));
    this.refs = new SandboxRefs(git, name);
  }

  /** Returns the repository that git runs in. */
  public static Repository repository(Git git) {
    return Repository.find(git)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "Tried to fetch into "
                        + git.directory()
                        + " but there is no git repository. Give a directory in one, or take the"
                        + " work over as files: apply it, export it or write it as a patch."));
  }

  public Fetched fetch(Optional<String> branch) {
    branch.ifPresent(this::checkName);
    if (!isOrigin()
        && !refs.git().tryRun("cat-file", "-e", result.base() + "^{commit}").isSuccess()) {
      throw new RefusedException(
          "Tried to fetch into "
              + repository.commonDirectory()
              + " but failed because it does not have the commit that the agent started from, "
              + result.base()
              + ". Fetch into the repository that the sandbox was created from.");
    }
    bringObjects();
    refs.git().host().step("objects fetched");
    List<String> updates = new ArrayList<>();
    updates.add("update " + refs.head() + " " + result.head());
    updates.add("update " + refs.work() + " " + result.work());
    branch.flatMap(this::move).ifPresent(updates::add);
    refs.update("fetch", updates);
    refs.git().host().step("refs updated");
    return new Fetched(repository.git().directory(), refs.head(), refs.work(), branch);
  }

  /** Whether it is the repository that the sandbox came from, which was asked for the base. */
  private boolean isOrigin() {
    return result.pack().filter(pack -> pack.wasCheckedBeside(repository.objects())).isPresent();
  }

  // Where others may use the repository, git gives its files the permissions for that.
  private void bringObjects() {
    boolean linked =
        !config.isShared()
            && result.pack().filter(pack -> pack.linkInto(repository.objects())).isPresent();
    if (!linked) {
      Optional<String> unused = result.admit(refs.git(), config.isPartial());
    }
  }

  private void checkName(String branch) {
    GitResult name =
        branch.isEmpty() || branch.startsWith("-") || branch.indexOf('\0') >= 0
            ? new GitResult(List.of(), 1, "", "")
            : refs.git().tryRun("check-ref-format", "--branch", branch);
    // A name such as @{-1} would be a valid way to say another one.
    if (!name.isSuccess() || !name.line().equals(branch)) {
      throw new IllegalArgumentException(
          "'" + PrintableText.printable(branch, 80) + "' is not a name for a branch.");
    }
  }

  /** Returns the update that creates or moves the branch, if what it was is still true then. */
  private Optional<String> move(String branch) {
    String ref = "refs/heads/" + branch;
    Optional<CommitId> present = refs.read(ref);
    if (present.isEmpty()) {
      return Optional.of("create " + ref + " " + result.work());
    }
    if (present.get().equals(result.work())) {
      return Optional.empty();
    }
    repository
        .worktreeWith(ref)
        .ifPresent(
            worktree -> {
              throw refused(branch, "it is checked out in " + worktree);
            });
    GitResult forward =
        refs.git()
            .tryRun("merge-base", "--is-ancestor", present.get().value(), result.work().value());
    if (!forward.isSuccess()) {
      throw refused(branch, "it has commits that the work does not have");
    }
    return Optional.of("update " + ref + " " + result.work() + " " + present.get());
  }

  private RefusedException refused(String branch, String why) {
    return new RefusedException(
        "Tried to move the branch "
            + branch
            + " but failed because "
            + why
            + ". Merge "
            + refs.work()
            + " into it (git merge), or choose another branch.");
  }
}
