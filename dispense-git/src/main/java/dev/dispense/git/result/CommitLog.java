package dev.dispense.git.result;

import dev.dispense.Changes.Commit;
import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.git.command.Git;
import dev.dispense.support.BoundedOutput;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads commits. */
public final class CommitLog {
  private static final int FIELDS = 4;
  private static final int SUBJECT_LENGTH = 500;
  // Some of what is not printable can be in it, and is left out.
  private static final int PART_LIMIT = 16 << 10;
  private static final long LIMIT = 64 << 20;

  private CommitLog() {}

  /** Returns the commits of {@code head} that {@code base} does not have, oldest first. */
  public static List<Commit> read(Git git, CommitId base, CommitId head) {
    Parts read = new Parts();
    git.drain(
        read::read,
        "log",
        "-z",
        "--topo-order",
        "--reverse",
        "--encoding=UTF-8",
        "--format=tformat:%H%x00%at%x00%an%x00%s",
        base + ".." + head,
        "--");
    List<String> parts = read.all;
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

  /** Parts that end with a NUL each; of one that is longer than anybody reads, the beginning. */
  private static final class Parts {
    private final List<String> all = new ArrayList<>();
    private BoundedOutput part = BoundedOutput.cutAt(PART_LIMIT);
    private long kept;

    void read(InputStream output) throws IOException {
      byte[] buffer = new byte[64 << 10];
      for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
        int start = 0;
        for (int i = 0; i < n; i++) {
          if (buffer[i] == 0) {
            part.write(buffer, start, i - start);
            end();
            start = i + 1;
          }
        }
        part.write(buffer, start, n - start);
      }
    }

    private void end() {
      String text = part.toString();
      part = BoundedOutput.cutAt(PART_LIMIT);
      all.add(text);
      kept += text.length();
      if (kept > LIMIT) {
        throw new DispenseException(
            "Tried to list the commits of the sandbox but failed because there are too many: what"
                + " is shown of them is longer than "
                + LIMIT
                + " bytes.");
      }
    }
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
