package dev.dispense.support;

import dev.dispense.RefusedException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** Directories that nobody but the caller can enter. */
public final class PrivateDirectory {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  /** What makes a new directory such a one. */
  public static final FileAttribute<Set<PosixFilePermission>> ATTRIBUTE =
      PosixFilePermissions.asFileAttribute(PRIVATE);

  private PrivateDirectory() {}

  /**
   * Makes a directory, with those above it, as the XDG base directory specification wants it; does
   * nothing when it is there.
   */
  public static void make(Path directory) throws IOException {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, ATTRIBUTE);
      }
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw new NotDirectoryException(directory.toString());
      }
    }
  }

  /**
   * Sees to it that a directory is the caller's alone. One that others can enter is closed to them;
   * one of another user, who could have put anything there, is not used.
   *
   * @throws RefusedException when it belongs to another user, or cannot be closed
   * @throws java.nio.file.NoSuchFileException when it is not there
   */
  public static void secure(Path directory) throws IOException {
    requireOwn(directory);
    close(directory);
  }

  private static void requireOwn(Path directory) throws IOException {
    String owner = Files.getOwner(directory).getName();
    String self = self();
    if (!owner.equals(self)) {
      throw new RefusedException(
          ("Refused to use the directory %s because it belongs to the user %s, while this runs as"
                  + " %s: whoever owns it could change what is kept there. Remove it or change its"
                  + " owner, or choose another place by the setting DISPENSE_HOME.")
              .formatted(directory, owner, self));
    }
  }

  // Not the property user.name, which anybody can set.
  private static String self() throws IOException {
    Path process = Path.of("/proc/self");
    return Files.exists(process)
        ? Files.getOwner(process).getName()
        : ProcessHandle.current().info().user().orElse("unknown");
  }

  private static void close(Path directory) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
    if (PRIVATE.containsAll(permissions)) {
      return;
    }
    Files.setPosixFilePermissions(directory, PRIVATE);
    if (!PRIVATE.containsAll(Files.getPosixFilePermissions(directory))) {
      throw new RefusedException(
          ("Refused to use the directory %s because other users can enter it, and its file system"
                  + " does not let that be changed. Choose another place by the setting"
                  + " DISPENSE_HOME.")
              .formatted(directory));
    }
    LoggerFactory.getLogger(PrivateDirectory.class)
        .warn(
            "The directory {} was open to other users ({}); it is closed now.",
            directory,
            PosixFilePermissions.toString(permissions));
  }
}
