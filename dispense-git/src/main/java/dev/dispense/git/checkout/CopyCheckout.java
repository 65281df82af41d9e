package dev.dispense.git.checkout;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.Progress;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitConfig;
import dev.dispense.git.command.Identity;
import dev.dispense.git.repository.GitDirectory;
import dev.dispense.git.repository.Labels;
import dev.dispense.git.repository.ObjectStores;
import dev.dispense.git.repository.Repository;
import dev.dispense.git.repository.SandboxFiles;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SourceProvider.Checkout;
import dev.dispense.spi.SourceProvider.Delivery;
import dev.dispense.spi.SourceProvider.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Copies a directory that has no git, or no commit yet. What was copied is committed to a
 * repository of our own, so that from there on it is as with a repository of the user's.
 */
public final class CopyCheckout {
  private static final String FORMAT = "sha1";

  private final Request request;
  private final Optional<Path> from;
  private final Progress.Listener progress;
  private final SandboxFiles files;
  private final Git git;

  /** Prepares the copy of {@code from}; without it, of nothing. */
  public CopyCheckout(Request request, Optional<Path> from, Progress.Listener progress) {
    this.request = request;
    this.from = from;
    this.progress = progress;
    this.files = new SandboxFiles(request.name(), request.directory(), request.layout());
    this.git = Git.of(request.host(), from.orElse(request.directory()));
  }

  public Checkout checkout() {
    boolean upload = request.delivery() == Delivery.UPLOAD;
    Path workspace = upload ? files.upload().resolve("workspace") : files.worktree();
    try {
      Files.createDirectories(workspace);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to make " + workspace + " but failed because " + DispenseException.reason(e) + ".",
          e);
    }
    from.ifPresent(
        path -> new FileCopy(path, workspace, request.host().stateDirectory(), progress).copy());
    request.host().step("directory copied");
    CommitId base = commitBaseline(workspace);
    request.host().step("baseline committed");
    Map<String, String> labels =
        new Labels(base, files.branch(), Optional.empty(), Optional.empty(), request.delivery())
            .toMap();
    if (upload) {
      GitDirectory directory = privateDirectory(files.upload().resolve("git"), base);
      new Packing(baseline(), progress).pack(base, directory);
      return new Checkout(labels, List.of(), files.uploads(), List.of());
    }
    ObjectStores stores = ObjectStores.of(baseline().objects(), request.layout());
    privateDirectory(files.git(), base).alternates(stores.paths());
    request.host().step("private git directory written");
    files.writeGitfile(files.gitfile());
    request.host().step("gitfile written");
    makeMountPoint(workspace.resolve(".git"));
    List<Mount> mounts = new ArrayList<>(files.mounts());
    mounts.addAll(stores.mounts());
    return new Checkout(labels, mounts, List.of(), List.of());
  }

  private Repository baseline() {
    Git there = git.sealed().at(files.baseline());
    return new Repository(there, files.baseline(), Optional.empty(), FORMAT);
  }

  // Sealed: the directory's attributes can name no filter that would run.
  private CommitId commitBaseline(Path workspace) {
    progress.onProgress(Progress.of("Committing what was copied"));
    GitDirectory.create(files.baseline(), FORMAT, true, Map.of());
    Git committing =
        baseline()
            .git()
            .with("GIT_WORK_TREE", workspace.toString())
            .in(workspace)
            .as(Identity.DISPENSE);
    committing.run("add", "--all");
    String tree = committing.run("write-tree");
    String message = from.isPresent() ? "Copied from " + from.get() : "Nothing yet";
    CommitId base = new CommitId(committing.run("commit-tree", "-m", message, tree));
    committing.run("update-ref", "refs/heads/" + files.branch(), base.value());
    return base;
  }

  private GitDirectory privateDirectory(Path path, CommitId base) {
    Map<String, String> settings = new TreeMap<>();
    Identity identity = GitConfig.of(git).identity(request.host());
    settings.put("user.name", identity.name());
    settings.put("user.email", identity.email());
    return GitDirectory.create(path, FORMAT, false, settings)
        .branch(files.branch())
        .write("packed-refs", base + " refs/heads/" + files.branch() + "\n")
        .index(files.baseline().resolve("index"));
  }

  private static void makeMountPoint(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to make " + file + " but failed because " + DispenseException.reason(e) + ".", e);
    }
  }
}
