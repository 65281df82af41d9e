package dev.dispense.core.state;

import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.support.FileTree;
import dev.dispense.support.ProcessId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to remove what this machine keeps of a sandbox, which one removal has at a time: a
 * directory in that of the sandbox, in which the name of a file says whose it is. It goes with the
 * directory of the sandbox when that is deleted. One that a killed process left is taken over.
 *
 * <p>Whoever has it must still look whether the directory is that of the sandbox that is meant;
 * once that is so, it stays so, as nobody else frees the name.
 */
public final class RemovalClaim implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RemovalClaim.class);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int PAUSE_MILLIS = 20;

  /** The name of the directory. */
  static final String DIRECTORY = "removing";

  private final Path place;
  private final Path mine;

  private RemovalClaim(Path place, String file) {
    this.place = place;
    this.mine = place.resolve(file);
  }

  /**
   * Takes it, and waits for a living process that has it.
   *
   * @return empty when no directory has the name
   * @throws RefusedException when another process does not give it up in two minutes
   */
  public static Optional<RemovalClaim> take(StateDirectory state, SandboxName name) {
    Path directory = state.of(name);
    RemovalClaim claim =
        new RemovalClaim(directory.resolve(DIRECTORY), ProcessId.temporaryName("by"));
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (state.exists(name)) {
        if (claim.isTaken(state.sandboxes().resolve(ProcessId.temporaryName(".removing")))) {
          return Optional.of(claim);
        }
        claim.removeThoseOfTheDead();
        if (System.nanoTime() > end) {
          throw new RefusedException(
              ("The sandbox '%s' is being deleted by another process, which has not ended in two"
                      + " minutes. Wait for it, or end it and try again; its id is in %s.")
                  .formatted(name, claim.place));
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to write in %s but failed because %s."
              .formatted(directory, DispenseException.reason(e)),
          e);
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("deleting the sandbox '" + name + "'", e);
    }
  }

  private boolean isTaken(Path draft) throws IOException {
    Files.createDirectory(draft);
    try {
      Files.createFile(draft.resolve(mine.getFileName()));
      return StateDirectory.isRenamed(draft, place);
    } catch (NoSuchFileException e) {
      return false; // with the sandbox's directory, the name is free
    } finally {
      FileTree.delete(draft);
    }
  }

  /** No two claims have the same name, so that this does not remove one that is newer. */
  private void removeThoseOfTheDead() throws IOException {
    try (DirectoryStream<Path> claims = Files.newDirectoryStream(place, ProcessId::isLeftBehind)) {
      for (Path claim : claims) {
        Files.deleteIfExists(claim);
      }
    } catch (NoSuchFileException e) {
      log.debug("{} is given up", place, e);
    }
  }

  /** Whether it is in the directory that has the name now. */
  public boolean isHeld() {
    return Files.exists(mine, LinkOption.NOFOLLOW_LINKS);
  }

  /** Gives it up, unless it went with the sandbox. The empty directory is nobody's, and stays. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(mine);
    } catch (IOException e) {
      log.debug("{} is left behind", place, e);
    }
  }
}
