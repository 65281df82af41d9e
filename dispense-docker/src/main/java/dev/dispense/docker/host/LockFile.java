package dev.dispense.docker.host;

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
import java.util.Set;

/** A file that one of this user's processes at a time has locked, and one thread of it. */
public final class LockFile implements AutoCloseable {
  private static final long PAUSE_MILLIS = 20;
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final FileChannel channel;

  private LockFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits until nobody else has it.
   *
   * @param file made when it is missing, with the directories above it
   * @param doing what the caller does meanwhile, for the message when it is interrupted
   */
  public static LockFile acquire(Path file, String doing) throws IOException {
    Files.createDirectories(file.resolveSibling(""), PRIVATE_DIRECTORY);
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), PRIVATE_FILE);
    try {
      lock(channel, doing);
      return new LockFile(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(FileChannel channel, String doing) throws IOException {
    while (true) {
      try {
        FileLock unused = channel.lock(); // until the channel is closed
        return;
      } catch (OverlappingFileLockException e) {
        pause(doing); // another thread of this process has it
      } catch (FileLockInterruptionException e) {
        InterruptedException interrupt = new InterruptedException();
        interrupt.initCause(e);
        throw DispenseException.interrupted(doing, interrupt);
      }
    }
  }

  private static void pause(String doing) {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      throw DispenseException.interrupted(doing, e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
