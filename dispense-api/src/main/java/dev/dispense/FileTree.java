package dev.dispense;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Deletes directories that an agent could write to. */
public final class FileTree {
  private FileTree() {}

  /**
   * Deletes a file or a directory with all that is in it. Symbolic links are deleted, never
   * followed. A directory that its owner may not change is made changeable first. Does nothing when
   * there is nothing.
   *
   * @throws IOException when something cannot be deleted; the rest may be gone by then
   */
  public static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try {
        deleteContent(path);
      } catch (NoSuchFileException e) {
        return; // somebody else deletes it at the same time
      }
    }
    Files.deleteIfExists(path);
  }

  private static void deleteContent(Path directory) throws IOException {
    if (!Files.isWritable(directory)
        || !Files.isExecutable(directory)
        || !Files.isReadable(directory)) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        delete(child);
      }
    }
  }
}
