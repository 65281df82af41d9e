package dev.dispense;

import java.util.Locale;

/**
 * Something in the work of an agent that a person should look at before it is on their machine as
 * files. An agent may be steered by a hostile text that it read, and so may be the author of
 * anything in its work.
 *
 * <p>The absence of risks does not make work harmless: what an agent wrote into a program runs when
 * the program does.
 *
 * @param path where it is, relative to the root of the repository, with slashes, as it is, not
 *     printable
 * @param kind what it is
 * @param reason why it is a risk, as a clause such as {@code direnv runs it when a shell enters the
 *     directory}; {@linkplain PrintableText#printable(String) printable}
 */
public record Risk(String path, Kind kind, String reason) {

  /** What is risky. A change may be a risk of several kinds. */
  public enum Kind {
    /**
     * A file that programs obey without being told to: when a directory is opened in an editor,
     * entered by a shell, shown by a file manager, or when git or a coding agent is used in it.
     */
    AUTORUN(true),

    /**
     * A file that decides what the usual first command runs: a build, an installation of
     * dependencies, a start of the tests.
     */
    BUILD(true),

    /** A file that decides what runs on a server when it is pushed, with the secrets there. */
    CI(true),

    /**
     * A symbolic link that is absolute, leads out of the tree, or leads into a {@code .git}: what
     * is read or written through it is not part of the work.
     */
    ESCAPE(true),

    /** Another repository inside of this one, or the file that says where such come from. */
    SUBMODULE(true),

    /**
     * A name that does not show what it is: with characters that cannot be seen or change the order
     * of others, not in UTF-8, or the same as another one where case, or the way in which a
     * character is encoded, do not count.
     */
    NAME(true),

    /** A symbolic link that stays in the tree. */
    LINK(false),

    /** A file that was not executable, or not there, and is executable now. */
    EXECUTABLE(false),

    /** A file whose changes a diff does not show. */
    BINARY(false),

    /** A file of more than 5 MiB. */
    LARGE(false);

    private final boolean stops;

    Kind(boolean stops) {
      this.stops = stops;
    }

    /**
     * Returns whether work with such a risk is only {@linkplain Changes#applyTo applied} or
     * {@linkplain Changes#mergeInto merged} when the kind is allowed. The others are there to be
     * shown.
     */
    public boolean stops() {
      return stops;
    }
  }

  /** Returns the risk on one line, {@linkplain PrintableText#printable(String, int) printable}. */
  @Override
  public String toString() {
    String shown = PrintableText.printable(path, 200);
    return "%s (%s): %s".formatted(shown, kind.name().toLowerCase(Locale.ROOT), reason);
  }
}
