package dev.dispense.git.delivery;

import dev.dispense.Changes.Merged;
import dev.dispense.CommitId;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitConfig;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.repository.CheckedOut;
import dev.dispense.git.repository.GitDirectory;
import dev.dispense.git.repository.NameList;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.SandboxRefs;
import dev.dispense.git.result.Quarantine;
import dev.dispense.git.result.Result;
import dev.dispense.git.risk.RiskGate;
import dev.dispense.git.risk.RiskScan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Merges a result into the branch that is checked out in a worktree of the user. The merge is made
 * from objects alone, in a git directory of its own: it has no configuration, filter, merge driver
 * or hook of anybody's, and writes its objects into the repository's store.
 */
public final class BranchMerge {
  private final SandboxName name;
  private final Result result;
  private final Repository repository;
  private final RiskGate gate;
  private final GitConfig config;

  public BranchMerge(SandboxName name, Result result, Repository repository, RiskGate gate) {
    this.name = name;
    this.result = result;
    this.repository = repository;
    this.gate = gate;
    this.config = GitConfig.of(repository.git());
  }

  /**
   * Merges.
   *
   * @param drafts an empty directory for the time of the merge
   */
  public Merged merge(Path drafts) {
    new RefFetch(name, result, repository).fetch(Optional.empty());
    CheckedOut target = CheckedOut.in(repository);
    Git git = scratch(drafts, target);
    CommitId head = target.head();
    if (isAncestor(git, result.work(), head)) {
      return new Merged(target.root(), target.branch(), head, head, true);
    }
    boolean isForward = isAncestor(git, head, result.work());
    CommitId merged = isForward ? result.work() : mergeCommit(git, target);
    gate.check(RiskScan.of(git, head, merged), doing(target));
    String how = isForward ? "Fast-forward" : "Merge made of plumbing";
    new WorktreeUpdate(target, config, git, drafts, merged, byHand())
        .run("dispense: merge " + name + ": " + how);
    return new Merged(target.root(), target.branch(), head, merged, isForward);
  }

  private Git scratch(Path drafts, CheckedOut target) {
    Map<String, String> settings = new TreeMap<>(config.worktreeSettings());
    config
        .get("core.sharedRepository")
        .ifPresent(value -> settings.put("core.sharedRepository", value));
    Path directory =
        GitDirectory.create(drafts.resolve("git"), repository.objectFormat(), true, settings)
            .copy(repository.commonDirectory(), "shallow")
            .copy(target.gitDirectory(), "info/sparse-checkout")
            .write("info/attributes", Quarantine.ATTRIBUTES)
            .path();
    return repository
        .git()
        .sealed()
        .as(config.identity(repository.git().host()))
        .at(directory)
        .with("GIT_OBJECT_DIRECTORY", repository.objects().toString());
  }

  private static boolean isAncestor(Git git, CommitId ancestor, CommitId descendant) {
    return git.tryRun("merge-base", "--is-ancestor", ancestor.value(), descendant.value())
        .isSuccess();
  }

  private CommitId mergeCommit(Git git, CheckedOut target) {
    if (!git.isAtLeast(2, 38)) {
      throw target.refused(
          "both sides have new commits, and git before 2.38 cannot merge without changing files",
          byHand());
    }
    GitResult merge =
        git.tryRun(
            "merge-tree",
            "--write-tree",
            "-z",
            "--name-only",
            "--no-messages",
            target.head().value(),
            result.work().value());
    if (merge.exitCode() == 1) {
      throw conflicts(git, target, merge.parts());
    }
    if (!merge.isSuccess()) {
      throw target.refused(merge.reason(), byHand());
    }
    return new CommitId(
        git.run(
            "commit-tree",
            "-p",
            target.head().value(),
            "-p",
            result.work().value(),
            "-m",
            "Merge the work of the sandbox " + name,
            merge.parts().get(0)));
  }

  // What is merged by hand passes no gate, so what the work has of risks is said before.
  private RefusedException conflicts(Git git, CheckedOut target, List<String> parts) {
    gate.check(RiskScan.of(git, result.base(), result.work()), doing(target));
    List<String> files =
        parts.subList(1, parts.size()).stream().filter(part -> !part.isEmpty()).distinct().toList();
    return target.refused(
        "both sides changed the same places of these files: " + NameList.longList(files), byHand());
  }

  private String byHand() {
    return "To merge by hand: git merge " + new SandboxRefs(repository.git(), name).work();
  }

  private static String doing(CheckedOut target) {
    return "merge the work into the branch " + target.branch() + " in " + target.root();
  }
}
