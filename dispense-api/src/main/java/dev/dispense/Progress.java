package dev.dispense;

import java.util.OptionalDouble;

/**
 * One step of long work, as it goes on: an image built, a repository checked out.
 *
 * @param step what is done, in a few words that stay the same while it is done, such as {@code
 *     Building image}
 * @param detail the newest detail of it, one line, may be empty; it may hold text that others wrote
 *     and is already {@linkplain PrintableText#printable(String, int) printable}
 * @param fraction how much is done, 0 to 1, where known
 */
public record Progress(String step, String detail, OptionalDouble fraction) {
  /** Makes the detail printable. */
  public Progress {
    detail = PrintableText.printable(detail, 200);
  }

  /** Returns a step of which no more is known. */
  public static Progress of(String step) {
    return of(step, "");
  }

  /** Returns a step with a detail. */
  public static Progress of(String step, String detail) {
    return new Progress(step, detail, OptionalDouble.empty());
  }

  /** Receives progress; called from any thread, must return quickly and not throw. */
  @FunctionalInterface
  public interface Listener {
    /** A listener that ignores all. */
    Listener NONE =
        new Listener() {
          @Override
          public void onProgress(Progress progress) {}
        };

    /** Receives one report. */
    void onProgress(Progress progress);

    /**
     * Receives something that the user should know although nothing failed, such as uncommitted
     * changes that were left out. Ignored by default.
     */
    default void onNotice(String notice) {}

    /**
     * Receives a notice whose last sentence is a next step that the program can offer. By default
     * as {@link #onNotice(String)}.
     */
    default void onNotice(String notice, DispenseException.Hint hint) {
      onNotice(notice);
    }
  }
}
