package dev.dispense.testkit.provider;

import dev.dispense.support.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is in a directory, in a form that can be compared. */
public final class DirectoryContent {
  private DirectoryContent() {}

  /**
   * Returns, for each path below {@code root}, its kind, permissions and content. The times are not
   * compared, nor is the directory itself.
   */
  public static Map<String, String> describe(Path root) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      paths
          .filter(path -> !path.equals(root))
          .forEach(path -> tree.put(root.relativize(path).toString(), describeOne(path)));
    }
    return tree;
  }

  private static String describeOne(Path path) {
    try {
      if (Files.isSymbolicLink(path)) {
        return "link to " + Files.readSymbolicLink(path);
      }
      String mode =
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return mode + " directory";
      }
      return mode + " " + Files.size(path) + " bytes " + Sha256.hex(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
