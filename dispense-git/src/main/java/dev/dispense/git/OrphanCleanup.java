package dev.dispense.git;

import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.SandboxName;
import dev.dispense.git.checkout.HostWorktree;
import dev.dispense.git.command.Git;
import dev.dispense.git.delivery.WorkArchive;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.SandboxFiles;
import dev.dispense.git.repository.SandboxRefs;
import dev.dispense.spi.SourceProvider.Sweep;
import dev.dispense.support.ProcessId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Removes what sandboxes left of which nothing else is there: git's entries of their worktrees,
 * their branches, and temporary files.
 */
final class OrphanCleanup {
  private static final String GONE = "its sandbox is gone, and so are its files";
  private static final String KILLED = "the process that made it was killed";

  private static final String HEADS = "refs/heads/";
  private static final String PREFIX = "dispense/";

  private final Sweep sweep;

  OrphanCleanup(Sweep sweep) {
    this.sweep = sweep;
  }

  void run() {
    repositories().values().forEach(this::sweepIfThere);
    sweepTemporaryFiles();
  }

  private void sweepIfThere(Repository repository) {
    try {
      sweepWorktrees(repository);
    } catch (DispenseException e) {
      if (Thread.currentThread().isInterrupted()
          || Files.isDirectory(repository.commonDirectory())) {
        throw e;
      }
      // Its user has removed it meanwhile.
    }
  }

  private Map<Path, Repository> repositories() {
    Map<Path, Repository> found = new LinkedHashMap<>();
    for (Path place : sweep.places()) {
      if (Files.isDirectory(place)) {
        find(place).ifPresent(it -> found.putIfAbsent(it.commonDirectory(), it));
      }
    }
    return found;
  }

  private Optional<Repository> find(Path place) {
    try {
      return Repository.find(Git.of(sweep.host(), place));
    } catch (DispenseException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return Optional.empty(); // Git does not want to look at it, so there is nothing to find.
    }
  }

  private void sweepWorktrees(Repository repository) {
    Git git = repository.shared();
    // An older git does not tell a line break in a path from one behind it.
    boolean exact = git.isAtLeast(2, 36);
    String end = exact ? "\0" : "\n";
    String listing =
        (exact
                ? git.retrying("worktree", "list", "--porcelain", "-z")
                : git.retrying("worktree", "list", "--porcelain"))
            .orThrow()
            .text();
    for (String block : listing.split(end + end, -1)) {
      List<String> lines = List.of(block.split(end, -1));
      Path worktree = Path.of(value(lines, "worktree ").orElse("/"));
      value(lines, "branch " + HEADS + PREFIX)
          .filter(SandboxName::isValid)
          .ifPresent(
              name ->
                  abandoned(worktree)
                      .ifPresent(
                          directory ->
                              sweep(repository, worktree, directory, new SandboxName(name))));
    }
  }

  private static Optional<String> value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()))
        .findFirst();
  }

  /** Returns the directory of the sandbox that a worktree was of, when nothing of it is there. */
  private Optional<Path> abandoned(Path worktree) {
    Path directory = worktree.getParent();
    Path parent = directory == null ? null : directory.getParent();
    if (directory == null || parent == null || !worktree.endsWith(SandboxFiles.WORKTREE)) {
      return Optional.empty();
    }
    return sweep.directories().stream()
        .filter(it -> isSame(it, parent))
        .map(it -> it.resolve(directory.getFileName()))
        .filter(it -> !Files.exists(it, LinkOption.NOFOLLOW_LINKS))
        .findFirst();
  }

  private static boolean isSame(Path directory, Path parent) {
    try {
      return directory.equals(parent) || directory.toRealPath().equals(parent);
    } catch (IOException e) {
      return false;
    }
  }

  private void sweep(Repository repository, Path worktree, Path directory, SandboxName name) {
    String what = SandboxFiles.branch(name) + " in " + repository.commonDirectory();
    if (sweep.dryRun()) {
      report(Dispense.Orphan.Kind.WORKTREE, what, GONE, Dispense.Orphan.Outcome.FOUND, "");
    } else {
      sweep.names().whileFree(directory, () -> forget(repository, worktree, name, what));
    }
  }

  private void forget(Repository repository, Path worktree, SandboxName name, String what) {
    String branch = SandboxFiles.branch(name);
    try {
      Optional<String> kept =
          new HostWorktree(repository, worktree, branch)
              .forget(new SandboxRefs(repository.shared(), name));
      report(
          Dispense.Orphan.Kind.WORKTREE,
          what,
          GONE,
          kept.isPresent() ? Dispense.Orphan.Outcome.KEPT : Dispense.Orphan.Outcome.REMOVED,
          kept.map(ref -> ref + " in " + repository.commonDirectory()).orElse(""));
    } catch (DispenseException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      report(
          Dispense.Orphan.Kind.WORKTREE,
          what,
          GONE,
          Dispense.Orphan.Outcome.LEFT,
          String.valueOf(e.getMessage()));
    }
  }

  private void sweepTemporaryFiles() {
    for (Path directory : sweep.directories()) {
      for (Path sandbox : children(directory, Files::isDirectory)) {
        removeLeft(sandbox.resolve(SandboxFiles.RESULTS));
      }
    }
    removeLeft(WorkArchive.directory(sweep.host()));
  }

  private void removeLeft(Path directory) {
    for (Path path : children(directory, ProcessId::isLeftBehind)) {
      if (!sweep.dryRun()) {
        Deletion.of(path);
      }
      report(
          Dispense.Orphan.Kind.TEMPORARY,
          path.toString(),
          KILLED,
          sweep.dryRun() ? Dispense.Orphan.Outcome.FOUND : Dispense.Orphan.Outcome.REMOVED,
          "");
    }
  }

  private static List<Path> children(Path directory, DirectoryStream.Filter<Path> wanted) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(directory, wanted)) {
        children.forEach(found::add);
      } catch (IOException e) {
        throw new DispenseException("Tried to list " + directory + " but failed because " + e, e);
      }
    }
    return found;
  }

  private void report(
      Dispense.Orphan.Kind kind,
      String name,
      String reason,
      Dispense.Orphan.Outcome outcome,
      String detail) {
    sweep
        .report()
        .accept(new Dispense.Orphan(kind, name, reason, outcome, detail, Optional.empty()));
  }
}
