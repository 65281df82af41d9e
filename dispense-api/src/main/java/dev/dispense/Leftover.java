package dev.dispense;

/**
 * Something that is left over of a sandbox that is not there any more, and what {@link Dispense#gc}
 * did about it.
 *
 * @param kind what it is
 * @param name what it is called: the name of a sandbox, a branch, or a path
 * @param reason why nobody needs it, in words for a person
 * @param outcome what became of it
 * @param detail where its work is kept, or why it was left, in words for a person; else empty
 */
public record Leftover(Kind kind, String name, String reason, Outcome outcome, String detail) {
  /** What can be left over. */
  public enum Kind {
    /** A sandbox with all that belongs to it, on this machine and at its provider. */
    SANDBOX,
    /** A worktree that a repository knows though its sandbox is gone, and its branch. */
    WORKTREE,
    /** A temporary file or directory of a process that was killed. */
    TEMPORARY
  }

  /** What can become of it. */
  public enum Outcome {
    /** Nothing yet: it was only looked for. */
    FOUND,
    /** It held no work and was removed. */
    REMOVED,
    /** It held work, which is kept now, and was removed. */
    KEPT,
    /** It is still there. */
    LEFT
  }
}
