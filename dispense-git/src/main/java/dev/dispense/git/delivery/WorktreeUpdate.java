package dev.dispense.git.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitConfig;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.repository.CheckedOut;
import dev.dispense.git.repository.NameList;
import dev.dispense.git.repository.TreeDiff;
import dev.dispense.git.repository.TreeDiff.Entry;
import dev.dispense.support.ByteNames;
import dev.dispense.support.WholeFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Brings a branch that is checked out, with its files and its index, from its commit to another
 * one, whole or not at all. What the user did not commit stays as it is, and when the other commit
 * has anything else in its place, nothing is changed.
 */
final class WorktreeUpdate {
  private final CheckedOut target;
  private final GitConfig config;
  private final Git git;
  private final Path drafts;
  private final CommitId to;
  private final String byHand;
  private final List<Entry> entries;
  private final Set<String> names;

  /**
   * @param config the configuration of the target's repository
   * @param git runs in a git directory without configuration, with the objects of the repository
   * @param drafts a directory for files that are needed in between
   * @param to a commit that has the one of the target as an ancestor
   * @param byHand says how to do it by hand
   */
  WorktreeUpdate(
      CheckedOut target, GitConfig config, Git git, Path drafts, CommitId to, String byHand) {
    this.target = target;
    this.config = config;
    this.git =
        git.in(target.root())
            .with("GIT_WORK_TREE", target.root().toString())
            .with("GIT_INDEX_FILE", target.index().toString());
    this.drafts = drafts;
    this.to = to;
    this.byHand = byHand;
    this.entries = TreeDiff.entries(git, target.head(), to);
    this.names = TreeDiff.names(entries);
  }

  /**
   * Does it.
   *
   * @param reason what the reflog says
   */
  void run(String reason) {
    refuseFiltered();
    if (isStaged()) {
      // An earlier merge was cut off after the files and before the branch.
      moveBranch(reason);
      return;
    }
    refuseUncommitted();
    dryRun();
    git.retrying("update-index", "-q", "--refresh");
    Path index = copyOfIndex("index-before");
    SavedFiles saved = new SavedFiles(target.root(), drafts.resolve("saved"));
    saved.save(names);
    try {
      check(git.retrying("read-tree", "-m", "-u", target.head().value(), to.value()));
      git.host().step("files and index merged");
    } catch (RuntimeException e) {
      // Git writes the index last. One that is another now was written by somebody else, whose
      // files must not be taken back.
      if (isSame(index, target.index())) {
        saved.restore(e);
        releaseIndex(e);
      }
      throw e;
    }
    try {
      moveBranch(reason);
      git.host().step("branch moved");
    } catch (RuntimeException e) {
      saved.restore(e);
      restoreIndex(index, e);
      throw e;
    }
  }

  /** Refuses files that the user's git would write with the help of a program. */
  private void refuseFiltered() {
    byte[] input = (String.join("\0", names) + "\0").getBytes(ISO_8859_1);
    List<String> parts =
        target
            .repository()
            .git()
            .in(target.root())
            .tryRun(
                new ByteArrayInputStream(names.isEmpty() ? new byte[0] : input),
                List.of("check-attr", "-z", "--stdin", "filter"))
            .orThrow()
            .parts();
    Set<String> filtered = new TreeSet<>();
    for (int i = 0; i + 2 < parts.size(); i += 3) {
      if (isFilter(parts.get(i + 2))) {
        filtered.add(parts.get(i));
      }
    }
    if (!filtered.isEmpty()) {
      throw target.refused(
          "files need a filter program, which does not run here: "
              + NameList.longList(List.copyOf(filtered)),
          byHand);
    }
  }

  private boolean isFilter(String driver) {
    return Stream.of("smudge", "clean", "process")
        .anyMatch(use -> config.get("filter." + driver + "." + use).isPresent());
  }

  /** Returns whether the index and the files are as they should become. */
  private boolean isStaged() {
    Git copy = refreshedCopy("index-now");
    GitResult tree = copy.tryRun("write-tree");
    return tree.isSuccess()
        && tree.line().equals(copy.run("rev-parse", to + "^{tree}"))
        && modified(copy).isEmpty();
  }

  private void refuseUncommitted() {
    Git copy = refreshedCopy("index-checked");
    if (!copy.run("ls-files", "--unmerged").isEmpty()) {
      throw target.refused(
          "it has conflicts that are not resolved", "Resolve them (git status), and try again");
    }
    Set<String> touched = new TreeSet<>(modified(copy));
    copy
        .tryRun(
            "diff-index", "--cached", "--name-only", "--no-renames", "-z", target.head().value())
        .orThrow()
        .rawParts()
        .stream()
        .filter(names::contains)
        .forEach(touched::add);
    entries.stream().filter(Entry::isNewName).forEach(entry -> addInTheWay(entry, touched));
    if (!touched.isEmpty()) {
      throw target.refused(
          "it would change files that have changes of yours, or are not part of the branch: "
              + NameList.longList(touched.stream().map(GitResult::text).toList()),
          "Commit them, put them aside (git stash --include-untracked), or move them, and try"
              + " again");
    }
  }

  private Git refreshedCopy(String name) {
    Git copy = git.with("GIT_INDEX_FILE", copyOfIndex(name).toString());
    copy.tryRun("update-index", "-q", "--refresh");
    return copy;
  }

  // Not in submodules: git would run in them, with the configuration that they have.
  private List<String> modified(Git copy) {
    return copy
        .tryRun("diff-files", "--name-only", "-z", "--ignore-submodules=all")
        .orThrow()
        .rawParts()
        .stream()
        .filter(names::contains)
        .toList();
  }

  /** Adds what is where a new file is to be, ignored or not, and is not part of the branch. */
  private void addInTheWay(Entry entry, Set<String> touched) {
    String name = entry.name();
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      String above = name.substring(0, slash);
      Path file = file(above);
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          && !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        addUnlessNamed(above, touched);
        return;
      }
    }
    Path file = file(name);
    if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        touched.add(name);
      }
      return;
    }
    try (Stream<Path> inside = Files.walk(file)) {
      inside
          .filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .forEach(path -> addUnlessNamed(name(path), touched));
    } catch (IOException | UncheckedIOException e) {
      throw new DispenseException(
          "Tried to read " + file + " but failed because " + DispenseException.reason(e) + ".", e);
    }
  }

  private void addUnlessNamed(String name, Set<String> touched) {
    if (!names.contains(name)) {
      touched.add(name);
    }
  }

  private Path file(String name) {
    return ByteNames.resolve(target.root(), name);
  }

  private String name(Path file) {
    return ByteNames.of(target.root().relativize(file)).replace('\\', '/');
  }

  // What fails here has changed nothing, so that nothing need be put back, in which the user may
  // just have written.
  private void dryRun() {
    Git copy = refreshedCopy("index-tried");
    check(copy.tryRun("read-tree", "-m", "-u", "-n", target.head().value(), to.value()));
  }

  private void check(GitResult read) {
    if (!read.isSuccess()) {
      throw target.refused(read.reason(), byHand);
    }
  }

  private void moveBranch(String reason) {
    GitResult moved =
        target
            .repository()
            .git()
            .sealed()
            .as(config.identity(git.host()))
            .at(target.gitDirectory())
            .retrying("update-ref", "-m", reason, target.ref(), to.value(), target.head().value());
    if (!moved.isSuccess()) {
      throw target.refused(moved.reason(), "Try again");
    }
  }

  private Path copyOfIndex(String name) {
    Path copy = drafts.resolve(name);
    try {
      if (Files.exists(target.index())) {
        // With its time: git takes a file that is newer than the index for one that may have
        // changed.
        Files.copy(target.index(), copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
      return copy;
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to copy "
              + target.index()
              + " but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.mismatch(one, other) < 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes the lock of a git that was killed because this thread was interrupted. */
  private void releaseIndex(RuntimeException failure) {
    if (Thread.currentThread().isInterrupted()) {
      try {
        Files.deleteIfExists(target.index().resolveSibling("index.lock"));
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  private void restoreIndex(Path before, RuntimeException failure) {
    try {
      WholeFile.write(
          target.index(),
          draft ->
              Files.copy(
                  before,
                  draft,
                  StandardCopyOption.REPLACE_EXISTING,
                  StandardCopyOption.COPY_ATTRIBUTES));
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
