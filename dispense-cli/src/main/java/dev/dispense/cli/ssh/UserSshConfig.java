package dev.dispense.cli.ssh;

import dev.dispense.DispenseException;
import dev.dispense.support.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/**
 * The user's own {@code ~/.ssh/config}. All that is done to it is that its first line includes
 * another file: further down, it could be part of what is said of one host.
 */
public final class UserSshConfig {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;

  public UserSshConfig(Path userHome) {
    this.file = userHome.resolve(".ssh/config");
  }

  /**
   * Has the file include another, once; what is in it already stays as it is. A link is followed.
   *
   * @return whether that was new
   */
  public boolean include(Path included) {
    String line = "Include " + SshConfigQuoting.included(included.toString());
    try {
      Files.createDirectories(
          file.getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      boolean isThere = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      Path real = isThere ? file.toRealPath() : file;
      // Whatever its encoding is, each byte stays what it is.
      String text = isThere ? Files.readString(real, StandardCharsets.ISO_8859_1) : "";
      if (isIncluded(text, line)) {
        return false;
      }
      write(real, line + "\n" + text, isThere ? Files.getPosixFilePermissions(real) : PRIVATE);
      return true;
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to add a line to %s but failed because %s. Make this its first line: %s"
              .formatted(file, DispenseException.reason(e), line),
          e);
    }
  }

  private static boolean isIncluded(String text, String line) {
    for (String other : text.lines().map(String::strip).toList()) {
      if (other.equals(latin(line))) {
        return true;
      }
      String word = other.toLowerCase(Locale.ROOT);
      if (word.startsWith("host ") || word.startsWith("match ")) {
        return false;
      }
    }
    return false;
  }

  private static String latin(String line) {
    return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static void write(Path real, String text, Set<PosixFilePermission> permissions)
      throws IOException {
    int end = text.indexOf('\n') + 1;
    String bytes = latin(text.substring(0, end)) + text.substring(end);
    WholeFile.write(
        real,
        draft -> {
          Files.writeString(draft, bytes, StandardCharsets.ISO_8859_1);
          Files.setPosixFilePermissions(draft, permissions);
        });
  }
}
