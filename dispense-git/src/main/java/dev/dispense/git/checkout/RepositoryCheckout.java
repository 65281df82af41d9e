package dev.dispense.git.checkout;

import dev.dispense.CommitId;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.git.command.GitConfig;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.command.Identity;
import dev.dispense.git.repository.GitDirectory;
import dev.dispense.git.repository.Labels;
import dev.dispense.git.repository.ObjectStores;
import dev.dispense.git.repository.PackedRefs;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.Rollback;
import dev.dispense.git.repository.SandboxFiles;
import dev.dispense.git.repository.SandboxRefs;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SourceProvider.Checkout;
import dev.dispense.spi.SourceProvider.Delivery;
import dev.dispense.spi.SourceProvider.Request;
import dev.dispense.spi.SourceProvider.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Checks out a repository that has a commit. */
public final class RepositoryCheckout {
  private final Request request;
  private final Repository repository;
  private final Progress.Listener progress;
  private final GitConfig config;
  private final SandboxRefs refs;
  private final HostWorktree worktree;
  private final SandboxFiles files;

  public RepositoryCheckout(Request request, Repository repository, Progress.Listener progress) {
    this.request = request;
    this.repository = repository;
    this.progress = progress;
    this.config = GitConfig.of(repository.git());
    this.refs =
        new SandboxRefs(repository.shared().as(config.identity(request.host())), request.name());
    this.files = new SandboxFiles(request.name(), request.directory(), request.layout());
    this.worktree = new HostWorktree(repository, files.worktree(), files.branch());
  }

  /** Checks out {@code commit}, or the uncommitted changes on top of it when they are asked for. */
  public Checkout checkout(CommitId commit, Rollback undo) {
    CommitId base = withUncommitted(commit);
    Labels labels = labels(base);
    labels.write(files.unfinished());
    request.host().step("checkout described");
    refs.park(undo, progress);
    request.host().step("earlier refs parked");
    return request.delivery() == Delivery.MOUNT ? mount(labels, undo) : upload(labels, undo);
  }

  /**
   * Gives a checkout that no agent has worked on the name of this one's sandbox, and brings it to
   * {@code commit}, or to the uncommitted changes on top of it when they are asked for.
   */
  public Checkout adopt(CommitId commit, Workspace prepared, Rollback undo) {
    Labels before = Labels.of(prepared.labels());
    if (!before.repository().equals(Optional.of(repository.commonDirectory()))) {
      throw new RefusedException(
          "The checkout was prepared for another repository than "
              + repository.commonDirectory()
              + ".");
    }
    CommitId base = withUncommitted(commit);
    Labels labels = labels(base);
    labels.write(files.unfinished());
    request.host().step("checkout described");
    refs.park(undo, progress);
    request.host().step("earlier refs parked");
    worktree.claimBranch(refs, undo, progress);
    Path own = worktree.adopt(before, base, refs, undo);
    GitDirectory directory =
        GitDirectory.at(files.git())
            .branch(files.branch())
            .write("packed-refs", PackedRefs.of(refs.git(), files.branch(), base.value()));
    request.host().step("private git directory renamed");
    if (!base.equals(before.base())) {
      worktree.fill(own, base);
      directory.index(own.resolve("index"));
      request.host().step("index copied");
    }
    return new Checkout(labels.toMap(), List.of(), List.of(), List.of(), () -> describe(base));
  }

  private void describe(CommitId base) {
    if (!request.source().includeUncommitted()) {
      uncommitted().ifPresent(changes -> changes.describe(progress));
    }
    String special =
        refs.git().run("ls-tree", "--name-only", base.value(), ".gitmodules", ".gitattributes");
    if (special.contains(".gitmodules")) {
      progress.onNotice("The repository has submodules; they are left empty in the sandbox.");
    }
    if (special.contains(".gitattributes") && usesLfs(base)) {
      progress.onNotice(
          "The repository uses Git LFS; the sandbox has the pointers, not the large files.");
    }
  }

  private Optional<Uncommitted> uncommitted() {
    return repository
        .worktree()
        .map(root -> new Uncommitted(repository.git().in(root), config.identity(request.host())));
  }

  private CommitId withUncommitted(CommitId commit) {
    if (!request.source().includeUncommitted()) {
      return commit;
    }
    Optional<Uncommitted> uncommitted = uncommitted();
    if (uncommitted.isEmpty()) {
      throw new RefusedException(
          "Tried to include uncommitted changes but failed because "
              + repository.git().directory()
              + " is a bare repository, which has none.");
    }
    if (repository.head().filter(commit::equals).isEmpty()) {
      throw new RefusedException(
          "Tried to include uncommitted changes but failed because they are not changes of the"
              + " base that was asked for. Leave one of the two out.");
    }
    CommitId snapshot = uncommitted.get().snapshot(commit, files.snapshotIndex(), progress);
    request.host().step("uncommitted changes committed");
    return snapshot;
  }

  private Checkout mount(Labels labels, Rollback undo) {
    CommitId base = labels.base();
    worktree.claimBranch(refs, undo, progress);
    Path own = worktree.add(base, refs, undo);
    ObjectStores stores = ObjectStores.of(repository.objects(), request.layout());
    files.makeMountPoints();
    List<Mount> mounts = new ArrayList<>(files.mounts());
    mounts.addAll(stores.mounts());
    return new Checkout(
        labels.toMap(), mounts, List.of(), List.of(), () -> fill(base, own, stores));
  }

  /** Writes the files, and the git directory that the sandbox has of its own. */
  private void fill(CommitId base, Path own, ObjectStores stores) {
    progress.onProgress(Progress.of("Checking out", base.abbreviated()));
    worktree.fill(own, base);
    privateDirectory(files.git(), GitConfig.of(repository.git().at(own)))
        .alternates(stores.paths())
        .write("packed-refs", PackedRefs.of(refs.git(), files.branch(), base.value()))
        .copy(own, "info/sparse-checkout")
        .index(own.resolve("index"));
    request.host().step("private git directory written");
    describe(base);
  }

  private Checkout upload(Labels labels, Rollback undo) {
    CommitId base = labels.base();
    refs.update("keep the base", List.of("create " + refs.base() + " " + base));
    undo.add(() -> worktree.deleteUnmoved(refs, refs.base(), base));
    request.host().step("base ref created");
    return new Checkout(
        labels.toMap(), List.of(), files.uploads(), List.of(files.reset()), () -> pack(base));
  }

  /** Writes the git directory that is uploaded. */
  private void pack(CommitId base) {
    GitDirectory directory = privateDirectory(files.upload().resolve("git"), config);
    new Packing(repository, progress).pack(base, directory);
    request.host().step("history packed");
    directory.write(
        "packed-refs", PackedRefs.of(refs.git(), files.branch(), base.value(), "--merged=" + base));
    describe(base);
  }

  private GitDirectory privateDirectory(Path path, GitConfig of) {
    Map<String, String> settings = new TreeMap<>(of.worktreeSettings());
    Identity identity = of.identity(request.host());
    settings.put("user.name", identity.name());
    settings.put("user.email", identity.email());
    if (config.isPartial()) {
      settings.put("extensions.partialClone", "origin");
      progress.onNotice(
          "The repository is a partial clone; what it has not fetched yet is not in the sandbox.");
    }
    return GitDirectory.create(path, repository.objectFormat(), false, settings)
        .branch(files.branch())
        .copy(repository.commonDirectory(), "shallow")
        .copy(repository.commonDirectory(), "info/exclude")
        .copy(repository.commonDirectory(), "info/attributes");
  }

  private Labels labels(CommitId base) {
    return new Labels(
        base,
        files.branch(),
        Optional.of(repository.commonDirectory()),
        subdirectory(base),
        request.delivery());
  }

  private Optional<String> subdirectory(CommitId base) {
    String path = repository.subdirectory();
    if (path.isEmpty()) {
      return Optional.empty();
    }
    if (!refs.git().tryRun("cat-file", "-t", base + ":" + path).line().equals("tree")) {
      progress.onNotice("The directory " + path + " is not in the commit that is checked out.");
      return Optional.empty();
    }
    return Optional.of(path);
  }

  private boolean usesLfs(CommitId base) {
    GitResult attributes = refs.git().tryRun("cat-file", "blob", base + ":.gitattributes");
    return attributes.isSuccess() && attributes.text().contains("filter=lfs");
  }
}
