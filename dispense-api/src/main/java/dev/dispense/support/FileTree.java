package dev.dispense.support;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Deletes directories that an agent could write to. */
public final class FileTree {
  // How many directories are open at once.
  private static final int DEEP = 64;
  // In characters of up to three bytes; with one more name it is still below Linux' 4096 bytes.
  private static final int LONG = 1200;
  private static final int ATTEMPTS = 100;

  private final Path root;
  private long raised;

  private FileTree(Path root) {
    this.root = root;
  }

  /**
   * Deletes a file or a directory with all that is in it, however deep. Symbolic links are deleted,
   * never followed. A directory that its owner may not change is made changeable first. What others
   * put there meanwhile is deleted too. Does nothing when there is nothing.
   *
   * @throws IOException when something cannot be deleted, or others go on putting files there; the
   *     rest may be gone by then
   */
  public static void delete(Path path) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        deleteOnce(path);
        return;
      } catch (DirectoryNotEmptyException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static void deleteOnce(Path path) throws IOException {
    FileTree tree = new FileTree(path);
    long before;
    do {
      before = tree.raised;
      tree.delete(path, 0);
    } while (tree.raised > before);
  }

  private void delete(Path path, int depth) throws IOException {
    long before = raised;
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      makeChangeable(path);
      boolean deep = depth > 0 && (depth == DEEP || path.toString().length() > LONG);
      try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
        for (Path child : children) {
          if (deep && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
            raise(child);
          } else {
            delete(child, depth + 1);
          }
        }
      } catch (NoSuchFileException e) {
        return;
      }
    }
    if (depth > 0 || raised == before) {
      Files.deleteIfExists(path);
    }
  }

  private static void makeChangeable(Path directory) throws IOException {
    if (!Files.isWritable(directory)
        || !Files.isExecutable(directory)
        || !Files.isReadable(directory)) {
      try {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      } catch (NoSuchFileException e) {
        // Somebody else deletes it at the same time.
      }
    }
  }

  /** Moves a directory up to the root, from where the next round reaches further into it. */
  private void raise(Path directory) throws IOException {
    makeChangeable(directory);
    while (true) {
      try {
        Files.move(directory, root.resolve("raised-" + ++raised));
        return;
      } catch (FileAlreadyExistsException e) {
        // Something there has that name already.
      }
    }
  }
}
