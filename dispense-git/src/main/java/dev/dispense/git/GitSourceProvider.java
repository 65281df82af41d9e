package dev.dispense.git;

import dev.dispense.Changes;
import dev.dispense.CommitId;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Source;
import dev.dispense.git.checkout.CopyCheckout;
import dev.dispense.git.checkout.HostWorktree;
import dev.dispense.git.checkout.RepositoryCheckout;
import dev.dispense.git.command.Git;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.Labels;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.Rollback;
import dev.dispense.git.repository.SandboxFiles;
import dev.dispense.git.repository.SandboxRefs;
import dev.dispense.git.result.Quarantine;
import dev.dispense.git.result.Result;
import dev.dispense.git.result.ResultCollector;
import dev.dispense.spi.SourceProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings a directory into a sandbox, or nothing, and the work back out of it.
 *
 * <p>In a git repository that has a commit, the sandbox gets a worktree on the new branch {@code
 * dispense/<name>}, which {@code git worktree list} shows; without git or without a commit, a copy
 * of the files. Either way the agent has a git directory of its own, in which it can commit, and
 * the user's is not in the sandbox: it only reads the objects. A work that is fetched comes as a
 * bundle that is checked object by object, and is kept as {@code refs/dispense/<name>/head} and
 * {@code /work}.
 *
 * <p>Where files cannot be mounted, a complete git directory is uploaded instead, without the
 * history when that has more than 5,000 commits; there is no worktree on this machine then, and the
 * ref {@code refs/dispense/<name>/base} keeps what the agent started from. What was uploaded stays
 * in the sandbox's directory until the sandbox is deleted.
 *
 * <p>The labels are {@code base}, {@code branch}, {@code delivery}, {@code repository} (the git
 * directory, absent for a copy) and {@code subdirectory} (absent at the root): the workspace is
 * always the whole repository, the subdirectory is the part of it that the user named.
 *
 * <p>The setting {@code git.max-result-bytes} is the most that is taken out of a sandbox at a time;
 * default 4 GiB. A history that is larger than {@code git.max-history-bytes}, default 128 MiB, or
 * has more than 5000 commits, is not uploaded with the newest commit. Needs git 2.34 or newer on
 * this machine and any git with a POSIX shell in the sandbox. Holds no state; safe for use by
 * several threads and processes, also on one repository.
 */
public final class GitSourceProvider implements SourceProvider {
  /** Makes the provider; nothing is read or run before the first call. */
  public GitSourceProvider() {}

  /** Returns {@link Source#DIRECTORY} and {@link Source#EMPTY}. */
  @Override
  public Set<String> ids() {
    return Set.of(Source.DIRECTORY, Source.EMPTY);
  }

  /** Returns {@code git}. */
  @Override
  public List<String> programs() {
    return List.of("git");
  }

  /**
   * {@inheritDoc}
   *
   * @throws RefusedException also when the branch {@code dispense/<name>} exists and has commits
   *     that no other branch has, or is checked out in another worktree
   * @throws dev.dispense.UnavailableException when this machine has no git, or one that is too old
   * @throws IllegalArgumentException when the base could be taken for an option
   */
  @Override
  public Checkout checkout(Request request, Progress.Listener progress) {
    Rollback undo = new Rollback();
    undo.add(() -> Deletion.ofContent(request.directory()));
    // Not for the completion: a machine may be starting on the directory, which is removed with it.
    return undo.unlessDone(() -> checkout(request, progress, undo));
  }

  private static Checkout checkout(Request request, Progress.Listener progress, Rollback undo) {
    Source source = request.source();
    Git git = Git.of(request.host(), request.directory());
    git.requireVersion();
    if (source.type().equals(Source.EMPTY)) {
      return new CopyCheckout(request, Optional.empty(), progress).checkout();
    }
    Path location = Path.of(source.location());
    if (!Files.isDirectory(location)) {
      throw new NotFoundException("There is no directory " + location + " to work on.");
    }
    Optional<Repository> repository = Repository.find(git.in(location));
    Optional<CommitId> commit = repository.flatMap(there -> start(there, source));
    if (commit.isPresent()) {
      return new RepositoryCheckout(request, repository.get(), progress)
          .checkout(commit.get(), undo);
    }
    requireFiles(source, repository);
    repository.ifPresent(
        there ->
            progress.onNotice(
                "What is checked out has no commit yet; the sandbox gets a copy of the files."));
    return new CopyCheckout(request, Optional.of(location), progress).checkout();
  }

  private static Optional<CommitId> start(Repository repository, Source source) {
    return repository.start(source.base());
  }

  private static void requireFiles(Source source, Optional<Repository> repository) {
    if (source.base().isPresent()) {
      throw new NotFoundException(
          "There is no '"
              + PrintableText.printable(source.base().get(), 80)
              + "' to start from: "
              + source.location()
              + " is not in a git repository.");
    }
    if (repository.isPresent() && repository.get().worktree().isEmpty()) {
      throw new RefusedException(
          "The bare repository " + source.location() + " has no commit to work on.");
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws RefusedException when it is larger than 64 KiB
   */
  @Override
  public Optional<String> settings(Source source, Environment host) {
    if (!source.type().equals(Source.DIRECTORY)) {
      return Optional.empty();
    }
    return new ProjectSettings(Path.of(source.location()), source.base(), host).read();
  }

  /** Returns whether the source is a directory in a repository that has a commit. */
  @Override
  public boolean supportsPooling(Source source, Environment host) {
    Path location = Path.of(source.location());
    return source.type().equals(Source.DIRECTORY)
        && Files.isDirectory(location)
        && Repository.find(Git.of(host, location)).flatMap(Repository::head).isPresent();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The branch gets the other name, and the files are brought to the other base.
   */
  @Override
  public Checkout claim(Workspace prepared, Request request, Progress.Listener progress) {
    Source source = request.source();
    Repository repository =
        Repository.find(Git.of(request.host(), Path.of(source.location())))
            .orElseThrow(() -> notARepository(source));
    CommitId commit = start(repository, source).orElseThrow(() -> notARepository(source));
    Rollback undo = new Rollback();
    return undo.unlessDone(
        () -> new RepositoryCheckout(request, repository, progress).adopt(commit, prepared, undo));
  }

  private static NotFoundException notARepository(Source source) {
    return new NotFoundException(
        "There is no repository with a commit at " + source.location() + " any more.");
  }

  /**
   * {@inheritDoc}
   *
   * <p>What the agent broke in its repository is passed over as long as something can be had: the
   * last commit of which all is there, and the files. A repository inside of the workspace is taken
   * as plain files. Files that the sandbox's user cannot read are left out, and named in the
   * message of the commit that holds the uncommitted work.
   */
  @Override
  public Changes changes(Workspace workspace, SandboxShell shell) {
    Labels labels = Labels.of(workspace.labels());
    Quarantine quarantine = Quarantine.open(workspace, labels);
    Result result = new ResultCollector(workspace, labels, quarantine).collect(shell);
    return new GitChanges(workspace, labels, quarantine, result);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The branch {@code dispense/<name>} goes with the worktree, unless somebody moved it or has
   * it checked out. The work that was fetched stays.
   */
  @Override
  public void remove(Workspace workspace) {
    SandboxFiles files =
        new SandboxFiles(workspace.name(), workspace.directory(), workspace.layout());
    // A checkout that was cut off has no labels yet.
    Optional<Labels> labels =
        workspace.labels().isEmpty()
            ? Labels.read(files.unfinished())
            : Optional.of(Labels.of(workspace.labels()));
    // The agent may have taken its own permissions away; the caller would stumble over that.
    Deletion.of(files.worktree());
    Deletion.of(files.git());
    workspace.host().step("agent's files removed");
    Git git = Git.of(workspace.host(), workspace.host().userHome());
    labels
        .flatMap(Labels::repository)
        .flatMap(path -> Repository.at(git, path))
        .ifPresent(repository -> remove(repository, files, labels.get()));
  }

  /**
   * {@inheritDoc}
   *
   * <p>A branch without a worktree is left: it may be somebody's own. So is the work that was
   * fetched.
   */
  @Override
  public void cleanUpOrphans(Sweep sweep) {
    new OrphanCleanup(sweep).run();
  }

  private static void remove(Repository repository, SandboxFiles files, Labels labels) {
    SandboxRefs refs = new SandboxRefs(repository.shared(), files.name());
    HostWorktree worktree = new HostWorktree(repository, files.worktree(), files.branch());
    worktree.remove(labels.base(), refs);
    worktree.deleteUnmoved(refs, refs.base(), labels.base());
  }
}
