package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
