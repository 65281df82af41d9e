package dev.dispense.git;

import dev.dispense.Changes;
import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.Risk;
import dev.dispense.git.command.Git;
import dev.dispense.git.delivery.BranchMerge;
import dev.dispense.git.delivery.Export;
import dev.dispense.git.delivery.PatchApplication;
import dev.dispense.git.delivery.RefFetch;
import dev.dispense.git.delivery.WorkArchive;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.Labels;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.TreeDiff;
import dev.dispense.git.result.CommitLog;
import dev.dispense.git.result.Quarantine;
import dev.dispense.git.result.Result;
import dev.dispense.git.risk.RiskGate;
import dev.dispense.git.risk.RiskScan;
import dev.dispense.spi.SourceProvider.Workspace;
import dev.dispense.support.ProcessId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The work of one sandbox, read from the quarantine. */
final class GitChanges implements Changes {
  private final Workspace workspace;
  private final boolean isOfRepository;
  private final Quarantine quarantine;
  private final Result result;
  private final Git git;

  GitChanges(Workspace workspace, Labels labels, Quarantine quarantine, Result result) {
    this.workspace = workspace;
    this.isOfRepository = labels.repository().isPresent();
    this.quarantine = quarantine;
    this.result = result;
    this.git = quarantine.git();
  }

  @Override
  public boolean isEmpty() {
    return head().equals(base()) && snapshot().equals(base());
  }

  @Override
  public CommitId base() {
    return result.base();
  }

  @Override
  public CommitId head() {
    return result.head();
  }

  @Override
  public CommitId snapshot() {
    return result.work();
  }

  @Override
  public List<Commit> commits() {
    return CommitLog.read(git, base(), head());
  }

  @Override
  public List<FileChange> files() {
    return TreeDiff.read(git, base(), snapshot());
  }

  @Override
  public void writeDiff(OutputStream out) {
    TreeDiff.write(git, base(), snapshot(), out);
  }

  @Override
  public Fetched fetchInto(Path repository) {
    return fetch(repository, Optional.empty());
  }

  @Override
  public Fetched fetchInto(Path repository, String branch) {
    return fetch(repository, Optional.of(branch));
  }

  @Override
  public List<Risk> risks() {
    return RiskScan.of(git, base(), snapshot());
  }

  @Override
  public void applyTo(Path directory, Set<Risk.Kind> allowed) {
    gate(allowed).check(risks(), "apply the work to " + directory.toAbsolutePath());
    withDrafts(
        drafts -> {
          new PatchApplication(result, quarantine, directory, isOfRepository).apply(drafts);
          return directory;
        });
  }

  @Override
  public Merged mergeInto(Path directory, Set<Risk.Kind> allowed) {
    BranchMerge merge =
        new BranchMerge(workspace.name(), result, repository(directory), gate(allowed));
    return withDrafts(merge::merge);
  }

  private RiskGate gate(Set<Risk.Kind> allowed) {
    return new RiskGate(workspace.name(), allowed);
  }

  private <T> T withDrafts(Function<Path, T> step) {
    Path drafts;
    try {
      drafts =
          Files.createDirectory(git.directory().resolveSibling(ProcessId.temporaryName("drafts")));
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to make a directory but failed because " + DispenseException.reason(e) + ".", e);
    }
    try {
      return step.apply(drafts);
    } finally {
      Deletion.of(drafts);
    }
  }

  @Override
  public void exportTo(Path directory) {
    new Export(git, snapshot()).into(directory.toAbsolutePath());
  }

  @Override
  public Optional<String> keep() {
    if (isEmpty()) {
      return Optional.empty();
    }
    WorkArchive keeping = new WorkArchive(workspace, quarantine, result);
    return isOfRepository ? keeping.inRepository() : keeping.inFiles();
  }

  private Fetched fetch(Path directory, Optional<String> branch) {
    return new RefFetch(workspace.name(), result, repository(directory)).fetch(branch);
  }

  private Repository repository(Path directory) {
    return RefFetch.repository(Git.of(workspace.host(), directory.toAbsolutePath()));
  }
}
