package dev.dispense.git;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.Progress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Copies the objects of a commit into a git directory that needs no other one. A long history is
 * left out: the upload would take more time than it is worth.
 *
 * @param repository where the objects are
 * @param progress hears when history is left out
 */
record Packing(Repository repository, Progress.Listener progress) {
  private static final int LONG_HISTORY = 5_000;

  void pack(CommitId base, GitDirectory into) {
    // What git packs for a while goes into the store that it writes to: into the user's, it would
    // be
    // left there by a crash, and cannot be moved from there to another disk.
    Git git =
        repository
            .shared()
            .with("GIT_OBJECT_DIRECTORY", into.path().resolve("objects").toString())
            .with("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted(repository.objects()));
    int length =
        Integer.parseInt(
            git.run("rev-list", "--count", "--max-count=" + (LONG_HISTORY + 1), base.value()));
    Path pack = into.path().resolve("objects/pack");
    if (length <= LONG_HISTORY) {
      InputStream revision =
          new ByteArrayInputStream((base + "\n").getBytes(StandardCharsets.UTF_8));
      git.run(revision, "pack-objects", "--quiet", "--revs", pack.resolve("pack").toString());
      return;
    }
    into.write("shallow", base + "\n");
    progress.onNotice(
        "The repository has more than "
            + LONG_HISTORY
            + " commits; the sandbox gets the newest without those before it.");
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

  // A colon would separate two paths.
  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
