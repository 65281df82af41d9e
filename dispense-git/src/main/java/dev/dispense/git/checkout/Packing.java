package dev.dispense.git.checkout;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.Progress;
import dev.dispense.git.command.Git;
import dev.dispense.git.repository.ByteLimit;
import dev.dispense.git.repository.GitDirectory;
import dev.dispense.git.repository.Repository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies the objects of a commit into a git directory that needs no other one. A long history is
 * left out: the upload would take more time than it is worth.
 *
 * @param repository where the objects are
 * @param progress hears when history is left out
 */
record Packing(Repository repository, Progress.Listener progress) {
  private static final int LONG_HISTORY = 5_000;
  private static final String LIMIT_SETTING = "git.max-history-bytes";
  private static final long DEFAULT_LIMIT = 128L << 20;

  void pack(CommitId base, GitDirectory into) {
    // What git packs for a while goes into the store that it writes to: into the user's, it would
    // be
    // left there by a crash, and cannot be moved from there to another disk.
    Git git =
        repository
            .shared()
            .with("GIT_OBJECT_DIRECTORY", into.path().resolve("objects").toString())
            .with("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted(repository.objects()));
    Path pack = into.path().resolve("objects/pack");
    Optional<String> tooMuch = isLong(git, base).or(() -> isLarge(git, base));
    if (tooMuch.isEmpty()) {
      InputStream revision =
          new ByteArrayInputStream((base + "\n").getBytes(StandardCharsets.UTF_8));
      git.run(revision, "pack-objects", "--quiet", "--revs", pack.resolve("pack").toString());
      return;
    }
    into.write("shallow", base + "\n");
    progress.onNotice(
        "The repository has "
            + tooMuch.get()
            + "; the sandbox gets the newest commit without those before it.");
    Path names = into.path().resolve("objects/names");
    try {
      try (OutputStream out = Files.newOutputStream(names)) {
        git.stream(out, "rev-list", "--objects", "--no-walk", base.value());
      }
      try (InputStream in = Files.newInputStream(names)) {
        git.tryRun(in, List.of("pack-objects", "--quiet", pack.resolve("pack").toString()))
            .orThrow();
      }
      Files.delete(names);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to pack the repository but failed because " + DispenseException.reason(e) + ".",
          e);
    }
  }

  private static Optional<String> isLong(Git git, CommitId base) {
    String count =
        git.run("rev-list", "--count", "--max-count=" + (LONG_HISTORY + 1), base.value());
    return Integer.parseInt(count) > LONG_HISTORY
        ? Optional.of("more than " + LONG_HISTORY + " commits")
        : Optional.empty();
  }

  private Optional<String> isLarge(Git git, CommitId base) {
    long limit = ByteLimit.of(git.host(), LIMIT_SETTING, DEFAULT_LIMIT);
    if (!mayBeLargerThan(limit)) {
      return Optional.empty();
    }
    long history = bytes(git, base.value()) - bytes(git, "--no-walk", base.value());
    return history > limit
        ? Optional.of(
            "a history of %d MiB, which is more than the setting %s allows"
                .formatted(Math.max(1, history >> 20), git.host().settingAsGiven(LIMIT_SETTING)))
        : Optional.empty();
  }

  /** Whether it is worth to look at each object. */
  private boolean mayBeLargerThan(long limit) {
    long kibibytes = 0;
    for (String line : repository.shared().run("count-objects", "--verbose").split("\n", -1)) {
      if (line.startsWith("alternate: ")) {
        return true;
      }
      if (line.matches("size(-pack)?: \\d+")) {
        kibibytes += Long.parseLong(line.substring(line.indexOf(' ') + 1));
      }
    }
    return kibibytes << 10 > limit;
  }

  private static long bytes(Git git, String... commits) {
    List<String> arguments = new ArrayList<>(List.of("rev-list", "--disk-usage", "--objects"));
    arguments.addAll(List.of(commits));
    return Long.parseLong(git.run(arguments.toArray(String[]::new)));
  }

  // A colon would separate two paths.
  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
