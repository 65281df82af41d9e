package dev.dispense.git.checkout;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.command.Identity;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.NameList;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The changes in the user's own worktree that are not committed.
 *
 * @param git runs at the root of the worktree
 * @param identity who commits them
 */
record Uncommitted(Git git, Identity identity) {

  /** Says how many changes there are, when there are any. */
  void describe(Progress.Listener progress) {
    GitResult status =
        git.tryRun("status", "--porcelain=v1", "-z", "--ignore-submodules=all", "--no-renames");
    if (!status.isSuccess()) {
      progress.onNotice(
          "It is not known whether there are uncommitted changes in "
              + git.directory()
              + "; they are not in the sandbox, because "
              + status.reason());
      return;
    }
    int changed = 0;
    int untracked = 0;
    for (String entry : status.parts()) {
      if (entry.startsWith("??")) {
        untracked++;
      } else {
        changed++;
      }
    }
    if (changed + untracked > 0) {
      progress.onNotice(
          "The sandbox starts from the last commit: "
              + count(changed, "changed file")
              + " and "
              + count(untracked, "new file or directory")
              + " in "
              + git.directory()
              + " are not committed and not in it. Include what is not committed to have it"
              + " there.",
          new DispenseException.Hint.IncludeUncommitted());
    }
  }

  private static String count(int number, String of) {
    String plural =
        of.replaceFirst("^(\\w+ \\w+)", "$1s").replaceFirst("directory$", "directories");
    return number + " " + (number == 1 ? of : plural);
  }

  /**
   * Commits the changes, and the new files that are not ignored, on top of {@code head}. It works
   * on a copy of the user's index and moves no ref.
   *
   * @param index where the copy is made
   * @return {@code head} when there are no changes
   */
  CommitId snapshot(CommitId head, Path index, Progress.Listener progress) {
    progress.onProgress(Progress.of("Collecting uncommitted changes"));
    Git snapshot = git.with("GIT_INDEX_FILE", index.toString()).as(identity);
    try {
      Path own = git.directory().resolve(git.run("rev-parse", "--git-path", "index"));
      if (Files.exists(own)) {
        // With its time: git takes a file that is newer than the index for one that may have
        // changed.
        Files.copy(own, index, StandardCopyOption.COPY_ATTRIBUTES);
      } else {
        snapshot.run("read-tree", head.value());
      }
      GitResult updated = snapshot.tryRun("add", "--update");
      if (!updated.isSuccess()) {
        throw new RefusedException(
            "Tried to collect the uncommitted changes in %s but failed because %s. Mend it, until 'git status' works there, or leave the changes out."
                .formatted(
                    git.directory(), updated.reason().replace(index.toString(), "its index")));
      }
      addUntracked(snapshot, progress);
      String tree = snapshot.run("write-tree");
      if (tree.equals(git.run("rev-parse", head + "^{tree}"))) {
        return head;
      }
      return new CommitId(
          snapshot.run("commit-tree", "-p", head.value(), "-m", "Uncommitted changes", tree));
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to collect the uncommitted changes but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    } finally {
      Deletion.of(index);
    }
  }

  // Not "git add --all": it fails as a whole when a repository without a commit lies in the
  // worktree.
  private static void addUntracked(Git snapshot, Progress.Listener progress) {
    List<String> files = new ArrayList<>();
    List<String> repositories = new ArrayList<>();
    GitResult untracked =
        snapshot.tryRun("ls-files", "-z", "--others", "--exclude-standard").orThrow();
    for (String path : untracked.rawParts()) {
      (path.endsWith("/") ? repositories : files).add(path);
    }
    if (!repositories.isEmpty()) {
      progress.onNotice(
          "Repositories inside of the repository are left out: " + NameList.list(repositories));
    }
    if (!files.isEmpty()) {
      byte[] names = (String.join("\0", files) + "\0").getBytes(StandardCharsets.ISO_8859_1);
      GitResult result =
          snapshot.tryRun(
              new ByteArrayInputStream(names), List.of("update-index", "--add", "-z", "--stdin"));
      if (!result.isSuccess()) {
        throw new RefusedException(
            "Tried to include the uncommitted changes but failed because " + result.reason());
      }
    }
  }
}
