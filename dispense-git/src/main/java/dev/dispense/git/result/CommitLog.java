package dev.dispense.git.result;

import dev.dispense.Changes.Commit;
import dev.dispense.CommitId;
import dev.dispense.PrintableText;
import dev.dispense.git.command.Git;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads commits. */
public final class CommitLog {
  private static final int FIELDS = 4;
  private static final int SUBJECT_LENGTH = 500;

  private CommitLog() {}

  /** Returns the commits of {@code head} that {@code base} does not have, oldest first. */
  public static List<Commit> read(Git git, CommitId base, CommitId head) {
    List<String> parts =
        git.tryRun(
                "log",
                "-z",
                "--topo-order",
                "--reverse",
                "--encoding=UTF-8",
                "--format=tformat:%H%x00%at%x00%an%x00%s",
                base + ".." + head,
                "--")
            .orThrow()
            .parts();
    List<Commit> commits = new ArrayList<>();
    for (int i = 0; i + FIELDS <= parts.size(); i += FIELDS) {
      commits.add(
          new Commit(
              new CommitId(parts.get(i)),
              PrintableText.printable(parts.get(i + 3), SUBJECT_LENGTH),
              PrintableText.printable(parts.get(i + 2), SUBJECT_LENGTH),
              time(parts.get(i + 1))));
    }
    return List.copyOf(commits);
  }

  private static Instant time(String seconds) {
    try {
      return Instant.ofEpochSecond(Long.parseLong(seconds));
    } catch (NumberFormatException | DateTimeException e) {
      // Git keeps any number; one that is no time is shown as none.
      return Instant.EPOCH;
    }
  }
}
