package dev.dispense.git;

import dev.dispense.DispenseException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Deletes trees of files that others wrote. Symbolic links are never followed. */
final class FileTree {
  private static final Set<PosixFilePermission> OWNER_ALL =
      PosixFilePermissions.fromString("rwx------");

  private FileTree() {}

  /**
   * Deletes a file, or a directory with all in it, whatever the modes in it are; does nothing when
   * there is no such path.
   */
  static void delete(Path path) {
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        deleteExisting(path);
      }
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to delete "
              + path
              + " but failed because "
              + e
              + ". Delete it by hand, with the permissions that it needs.",
          e);
    }
  }

  /** Deletes all that is in a directory, but not the directory. */
  static void deleteContent(Path directory) {
    try (Stream<Path> children = Files.list(directory)) {
      children.forEach(FileTree::delete);
    } catch (IOException e) {
      throw new DispenseException("Tried to empty " + directory + " but failed because " + e, e);
    }
  }

  private static void deleteExisting(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      open(path);
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            // The walk opens a directory before it visits it, so the modes are set one level ahead.
            try (var children = Files.newDirectoryStream(directory)) {
              for (Path child : children) {
                if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                  open(child);
                }
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void open(Path directory) throws IOException {
    Set<PosixFilePermission> permissions = EnumSet.copyOf(OWNER_ALL);
    Set<PosixFilePermission> present =
        Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
    if (!present.containsAll(permissions)) {
      Files.setPosixFilePermissions(directory, permissions);
    }
  }
}
