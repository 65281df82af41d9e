package dev.dispense.docker;

import dev.dispense.DispenseException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one of this user's processes at a time build an image. Builds of the same image would remove
 * each other's unfinished layers; whoever has waited finds the image there.
 */
final class BuildLock {
  private static final Logger LOG = LoggerFactory.getLogger(BuildLock.class);
  private static final String DOING = "waiting for an image to be built";
  private static final long PAUSE_MILLIS = 100;
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path file;

  /**
   * @param directory where the file for it is, made when it is missing
   */
  BuildLock(Path directory) {
    this.file = directory.resolve("build.lock");
  }

  /** Does something while no other process does; all the same where nothing can be locked. */
  void holding(Runnable work) {
    Optional<FileChannel> channel = open();
    try {
      channel.ifPresent(this::lock);
      work.run();
    } finally {
      channel.ifPresent(BuildLock::close);
    }
  }

  private Optional<FileChannel> open() {
    try {
      Files.createDirectories(file.resolveSibling(""), PRIVATE);
      return Optional.of(
          FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE)));
    } catch (IOException e) {
      LOG.debug("Builds are not kept apart", e);
      return Optional.empty();
    }
  }

  private void lock(FileChannel channel) {
    while (true) {
      try {
        FileLock unused = channel.lock(); // until the channel is closed
        return;
      } catch (OverlappingFileLockException e) {
        pause(); // another thread of this process has it
      } catch (FileLockInterruptionException e) {
        throw interrupted(e);
      } catch (IOException e) {
        LOG.debug("Builds are not kept apart", e);
        return;
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      throw DispenseException.interrupted(DOING, e);
    }
  }

  private static DispenseException interrupted(FileLockInterruptionException cause) {
    InterruptedException interrupt = new InterruptedException();
    interrupt.initCause(cause);
    return DispenseException.interrupted(DOING, interrupt);
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("A lock could not be given back", e);
    }
  }
}
