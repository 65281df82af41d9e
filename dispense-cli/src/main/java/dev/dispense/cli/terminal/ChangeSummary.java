package dev.dispense.cli.terminal;

import dev.dispense.Changes;
import dev.dispense.PrintableText;

/** Says which files changed, and by how much. */
public final class ChangeSummary {
  private ChangeSummary() {}

  public static void print(Changes changes, Printer out) {
    for (Changes.FileChange file : changes.files()) {
      String path = file.previousPath().map(previous -> previous + " -> ").orElse("") + file.path();
      out.line(
          "%s %-14s %s"
              .formatted(letter(file.kind()), lines(file), PrintableText.printable(path, 500)));
    }
    out.line(total(changes));
  }

  private static String letter(Changes.FileChange.Kind kind) {
    return switch (kind) {
      case ADDED -> "A";
      case MODIFIED -> "M";
      case DELETED -> "D";
      case RENAMED -> "R";
      case COPIED -> "C";
      case TYPE_CHANGED -> "T";
    };
  }

  private static String lines(Changes.FileChange file) {
    return file.isBinary()
        ? "binary"
        : "+%d -%d".formatted(file.insertions().orElse(0), file.deletions().orElse(0));
  }

  /** Returns for example {@code 2 commits, 3 files, +10 -4}. */
  public static String total(Changes changes) {
    int insertions = 0;
    int deletions = 0;
    for (Changes.FileChange file : changes.files()) {
      insertions += file.insertions().orElse(0);
      deletions += file.deletions().orElse(0);
    }
    return "%s, %s, +%d -%d"
        .formatted(
            count(changes.commits().size(), "commit"),
            count(changes.files().size(), "file"),
            insertions,
            deletions);
  }

  private static String count(int count, String noun) {
    return count == 1 ? "1 " + noun : count + " " + noun + "s";
  }
}
