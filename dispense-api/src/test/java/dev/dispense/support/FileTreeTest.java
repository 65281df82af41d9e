package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
  @TempDir Path temporary;

  @Test
  void linksAreDeletedAndNotFollowed() throws IOException {
    Path tree = Files.createDirectory(temporary.resolve("tree"));
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Path file = Files.writeString(outside.resolve("file"), "stays");
    Files.createSymbolicLink(tree.resolve("link"), outside);
    Files.createSymbolicLink(temporary.resolve("to tree"), tree);
    FileTree.delete(temporary.resolve("to tree"));
    assertThat(tree).exists();
    FileTree.delete(tree);

    assertThat(tree).doesNotExist();
    assertThat(file).hasContent("stays");
  }

  @Test
  void nothingIsNothing() throws IOException {
    FileTree.delete(temporary.resolve("nothing"));

    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void whatLiesDeeperThanAPathIsLongIsDeleted() throws IOException {
    assertDeletes("d", 5_000);
    assertDeletes("n".repeat(255), 200);
    assertDeletes("漢".repeat(85), 200);
  }

  @Test
  void whatOthersPutThereMeanwhileIsDeleted() throws Exception {
    for (int round = 0; round < 500; round++) {
      Path tree = Files.createDirectory(temporary.resolve("tree"));
      FutureTask<Integer> other = new FutureTask<>(() -> fill(tree));
      new Thread(other).start();
      while (Files.notExists(tree.resolve("0"))) {
        Thread.onSpinWait();
      }

      FileTree.delete(tree);

      assertThat(other.get()).isPositive();
      assertThat(temporary).isEmptyDirectory();
    }
  }

  /**
   * Writes files until the directory is gone, or it has put enough in the way; returns how many.
   */
  private static int fill(Path directory) throws IOException {
    int written = 0;
    try {
      while (written < 50) {
        Files.createFile(directory.resolve(String.valueOf(written)));
        written++;
        LockSupport.parkNanos(1000);
      }
    } catch (NoSuchFileException e) {
      assertThat(directory).doesNotExist();
    }
    return written;
  }

  private void assertDeletes(String name, int levels) throws IOException {
    Path tree = Files.createDirectory(temporary.resolve("tree"));
    Files.createDirectory(tree.resolve("raised-1"));
    Files.writeString(tree.resolve("raised-2"), "");
    nest(tree, name, levels);
    FileTree.delete(tree);

    assertThat(temporary).isEmptyDirectory();
  }

  /** Nests directories from the inside out: no path to the innermost can be named. */
  private void nest(Path tree, String name, int levels) throws IOException {
    Path inner = Files.createDirectory(temporary.resolve("inner"));
    Files.writeString(inner.resolve("file"), "deep");
    for (int i = 0; i < levels; i++) {
      Path outer = Files.createDirectory(temporary.resolve("outer"));
      Files.move(inner, outer.resolve(name));
      if (i % 100 == 0) {
        Files.setPosixFilePermissions(outer, PosixFilePermissions.fromString("---------"));
      }
      Files.move(outer, inner);
    }
    Files.move(inner, tree.resolve(name));
  }
}
