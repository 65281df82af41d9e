package dev.dispense;

import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What an agent did in a sandbox, as it was when it was fetched: the commits that it made, and on
 * top of them what it left uncommitted. It is data on this machine: reading it runs nothing that
 * the agent wrote. It can be read until the sandbox is deleted; what was {@linkplain
 * #fetchInto(Path) fetched into} a repository stays.
 */
public interface Changes {
  /** Returns whether the agent changed nothing. */
  boolean isEmpty();

  /** Returns what the agent started from. */
  CommitId base();

  /** Returns the last commit that the agent made; {@link #base()} when it made none. */
  CommitId head();

  /**
   * Returns a commit that holds all that the agent left: {@link #head()} plus the changes and new
   * files that it did not commit (but not what the project's {@code .gitignore} leaves out). Equal
   * to {@link #head()} when nothing was left uncommitted.
   */
  CommitId snapshot();

  /** Returns the commits from {@link #base()} to {@link #head()}, oldest first. */
  List<Commit> commits();

  /** Returns the files that differ between {@link #base()} and {@link #snapshot()}, by path. */
  List<FileChange> files();

  /**
   * Returns what a person should look at before the work is on their machine as files: what differs
   * between {@link #base()} and {@link #snapshot()} and is a {@link Risk}. What was deleted is
   * none, and what was there before and did not change is none either.
   *
   * @return by kind, in the order of {@link Risk.Kind}, and by path
   */
  List<Risk> risks();

  /** Writes the unified diff between {@link #base()} and {@link #snapshot()}, binaries included. */
  void writeDiff(OutputStream out);

  /**
   * Fetches the work into a repository, as {@code refs/dispense/<name>/head} and {@code
   * refs/dispense/<name>/work}, with full object checking. Nothing else in the repository changes:
   * not its checkout, index, branches, configuration or hooks. Refs of those names from an earlier
   * fetch are moved.
   *
   * @param repository a directory in a git repository that has {@link #base()}
   * @return the names of the refs
   * @throws RefusedException when the repository does not have {@link #base()}, or the objects fail
   *     the checks
   */
  Fetched fetchInto(Path repository);

  /**
   * Fetches as {@link #fetchInto(Path)} does, and makes {@code branch} point at {@link
   * #snapshot()}.
   *
   * @param branch created, or moved forward when it is an ancestor of the work
   * @throws RefusedException also when the branch has other commits, or is checked out somewhere
   */
  Fetched fetchInto(Path repository, String branch);

  /**
   * Applies the work as {@link #applyTo(Path, Set)} does, and allows no risk that stops it.
   *
   * @param directory a directory that holds what {@link #base()} held
   */
  default void applyTo(Path directory) {
    applyTo(directory, Set.of());
  }

  /**
   * Applies the diff to the files of a directory, after checking that all of it applies; when any
   * of it does not, nothing is changed. Only files change: no index, no ref.
   *
   * @param directory a directory that holds what {@link #base()} held, as a rule the one that the
   *     sandbox was created from
   * @param allowed the kinds of {@linkplain #risks() risks} to take over; only those that
   *     {@linkplain Risk.Kind#stops() stop} matter
   * @throws RefusedException when there are risks that stop it and are not allowed, which the
   *     message names; when submodules differ, which cannot be applied; or when the diff does not
   *     apply; the message names the files
   */
  void applyTo(Path directory, Set<Risk.Kind> allowed);

  /**
   * Merges the work as {@link #mergeInto(Path, Set)} does, and allows no risk that stops it.
   *
   * @param repository a directory in a worktree of a git repository that has {@link #base()}
   */
  default Merged mergeInto(Path repository) {
    return mergeInto(repository, Set.of());
  }

  /**
   * Fetches as {@link #fetchInto(Path)} does, and then brings the work into the branch that is
   * checked out, and into its files and index: the branch is moved forward when it can be, else it
   * gets a merge commit. No hook, filter or merge driver runs, and what is not committed stays as
   * it is. When anything fails, branch, index and files are as they were, and only what was fetched
   * stays.
   *
   * @param repository a directory in a worktree of a git repository that has {@link #base()}
   * @param allowed the kinds of risks to take over, in what the merge would change in the files;
   *     only those that {@linkplain Risk.Kind#stops() stop} matter
   * @return the branch, which stays where it is when it has the work already
   * @throws RefusedException when there are risks that stop it and are not allowed; when files that
   *     the merge would change have changes that are not committed, or are there and not part of
   *     the branch; when there are conflicts; when no branch is checked out, or another merge,
   *     rebase or the like is under way; when a file would need a filter program; or when a merge
   *     commit is needed and git is older than 2.38. The message names the files, and says what to
   *     do.
   */
  Merged mergeInto(Path repository, Set<Risk.Kind> allowed);

  /**
   * Writes all files of {@link #snapshot()} into a directory.
   *
   * @param directory an empty or a new directory
   * @throws RefusedException when the directory is not empty
   */
  void exportTo(Path directory);

  /**
   * Keeps the work where the sandbox came from, unless exactly this work is there already, so that
   * the sandbox can be deleted without loss.
   *
   * @return where it is kept, in words for a person; empty when there is nothing to keep
   */
  Optional<String> keep();

  /**
   * A commit that the agent made.
   *
   * @param id its id
   * @param subject the first line of its message, {@linkplain PrintableText#printable(String)
   *     printable}
   * @param author the name of its author, printable
   * @param time when it was authored
   */
  record Commit(CommitId id, String subject, String author, Instant time) {}

  /**
   * A file that differs.
   *
   * @param path relative to the root of the repository, with slashes, as it is, not printable
   * @param previousPath the path before a rename or copy
   * @param kind what happened to it
   * @param insertions lines added; empty for a binary file
   * @param deletions lines removed; empty for a binary file
   */
  record FileChange(
      String path,
      Optional<String> previousPath,
      Kind kind,
      OptionalInt insertions,
      OptionalInt deletions) {
    /** What happened to a file. */
    public enum Kind {
      /** It is new. */
      ADDED,
      /** Its content or mode changed. */
      MODIFIED,
      /** It is gone. */
      DELETED,
      /** It has another path. */
      RENAMED,
      /** It is a copy of another file. */
      COPIED,
      /** It became a link, a file or a submodule. */
      TYPE_CHANGED
    }

    /** Returns whether the file is binary, and so has no line counts. */
    public boolean isBinary() {
      return insertions.isEmpty();
    }
  }

  /**
   * Where work was fetched to.
   *
   * @param repository the directory of the repository
   * @param headRef the ref that names {@link #head()}
   * @param workRef the ref that names {@link #snapshot()}
   * @param branch the branch that was made or moved
   */
  record Fetched(Path repository, String headRef, String workRef, Optional<String> branch) {}

  /**
   * What a merge did.
   *
   * @param repository the root of the worktree
   * @param branch the branch that is checked out there
   * @param before the commit that it was at
   * @param after the commit that it is at; the same when it had the work already
   * @param isForward whether it was only moved forward, without a merge commit
   */
  record Merged(
      Path repository, String branch, CommitId before, CommitId after, boolean isForward) {}
}
