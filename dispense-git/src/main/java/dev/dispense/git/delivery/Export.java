package dev.dispense.git.delivery;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.git.command.Git;
import dev.dispense.git.repository.Deletion;
import dev.dispense.support.Archive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes the files of a commit into a directory.
 *
 * @param git runs in the quarantine
 * @param commit whose files are written
 */
public record Export(Git git, CommitId commit) {
  public void into(Path directory) {
    boolean isNew = prepare(directory);
    try {
      git.configured(Map.of("tar.umask", "0022"))
          .drain(
              tar -> {
                Archive.unpack(tar, directory, Archive.Limits.DEFAULT);
                tar.transferTo(OutputStream.nullOutputStream());
              },
              "archive",
              "--format=tar",
              commit.value());
    } catch (RuntimeException e) {
      if (isNew) {
        Deletion.of(directory);
      } else {
        Deletion.ofContent(directory);
      }
      throw e;
    }
  }

  private static boolean prepare(Path directory) {
    try {
      if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(directory);
        return true;
      }
      try (Stream<Path> children = Files.list(directory)) {
        if (children.findAny().isPresent()) {
          throw new RefusedException(
              "Tried to export into " + directory + " but failed because it is not empty.");
        }
      }
      return false;
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to export into "
              + directory
              + " but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }
}
