package dev.dispense.git.repository;

import dev.dispense.DispenseException;
import dev.dispense.support.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Deletes trees of files that others wrote, as {@link FileTree} does, and says what to do else. */
public final class Deletion {
  private Deletion() {}

  /** Deletes a file or a directory; does nothing when there is none. */
  public static void of(Path path) {
    try {
      FileTree.delete(path);
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
  public static void ofContent(Path directory) {
    try (Stream<Path> children = Files.list(directory)) {
      children.forEach(Deletion::of);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to empty "
              + directory
              + " but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }
}
