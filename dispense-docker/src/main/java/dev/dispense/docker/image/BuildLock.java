package dev.dispense.docker.image;

import dev.dispense.docker.host.LockFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one of this user's processes at a time build an image. Builds of the same image would remove
 * each other's unfinished layers; whoever has waited finds the image there.
 */
final class BuildLock {
  private static final Logger LOG = LoggerFactory.getLogger(BuildLock.class);

  private final Path file;

  /**
   * @param directory where the file for it is, made when it is missing
   */
  BuildLock(Path directory) {
    this.file = directory.resolve("build.lock");
  }

  /** Does something while no other process does; all the same where nothing can be locked. */
  void holding(Runnable work) {
    Optional<LockFile> lock = acquire();
    try {
      work.run();
    } finally {
      lock.ifPresent(BuildLock::release);
    }
  }

  private Optional<LockFile> acquire() {
    try {
      return Optional.of(LockFile.acquire(file, "waiting for an image to be built"));
    } catch (IOException e) {
      LOG.debug("Builds are not kept apart", e);
      return Optional.empty();
    }
  }

  private static void release(LockFile lock) {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.debug("A lock could not be given back", e);
    }
  }
}
