package dev.dispense;

import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
  CommitId work();

  /** Returns the commits from {@link #base()} to {@link #head()}, oldest first. */
  List<Commit> commits();

  /** Returns the files that differ between {@link #base()} and {@link #work()}, by path. */
  List<FileChange> files();

  /** Writes the unified diff between {@link #base()} and {@link #work()}, binaries included. */
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
   * Fetches as {@link #fetchInto(Path)} does, and makes {@code branch} point at {@link #work()}.
   *
   * @param branch created, or moved forward when it is an ancestor of the work
   * @throws RefusedException also when the branch has other commits, or is checked out somewhere
   */
  Fetched fetchInto(Path repository, String branch);

  /**
   * Applies the diff to the files of a directory, after checking that all of it applies; when any
   * of it does not, nothing is changed.
   *
   * @param directory a directory that holds what {@link #base()} held, as a rule the one that the
   *     sandbox was created from
   * @throws RefusedException when the diff does not apply; the message names the files
   */
  void applyTo(Path directory);

  /**
   * Writes all files of {@link #work()} into a directory.
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
   * @param subject the first line of its message, {@linkplain Text#printable(String) printable}
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
   * @param workRef the ref that names {@link #work()}
   * @param branch the branch that was made or moved
   */
  record Fetched(Path repository, String headRef, String workRef, Optional<String> branch) {}
}
