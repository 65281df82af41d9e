package dev.dispense.testkit.unisolated;

import dev.dispense.DispenseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The processes that carry a variable in their environment, and what those started. A process keeps
 * the variable when it leaves its session or its parent, so that a daemon is found too. Read from
 * {@code /proc} (Linux, proc(5)); elsewhere there is none.
 */
final class ProcessTree {
  private static final Path PROC = Path.of("/proc");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String marker;

  /** The processes that have {@code variable} set to {@code value}. */
  ProcessTree(String variable, String value) {
    marker = "\0" + variable + "=" + value + "\0";
  }

  /** Asks all processes to end (SIGTERM), and returns whether they did in time. */
  boolean terminate(Duration grace) {
    members().forEach(ProcessHandle::destroy);
    return gone(grace);
  }

  /**
   * Kills all processes (SIGKILL), and those that they started meanwhile, until none is left.
   *
   * @throws DispenseException when there are still some after a while
   */
  void kill() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    boolean interrupted = false;
    for (Set<ProcessHandle> left = members(); !left.isEmpty(); left = members()) {
      left.forEach(ProcessHandle::destroyForcibly);
      if (System.nanoTime() > end) {
        throw new DispenseException(
            "Tried to kill the processes " + left + " but failed because they do not end.");
      }
      interrupted |= pause();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean gone(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (!members().isEmpty()) {
      if (System.nanoTime() > end || pause()) {
        return false;
      }
    }
    return true;
  }

  private static boolean pause() {
    try {
      Thread.sleep(5);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  private Set<ProcessHandle> members() {
    Set<ProcessHandle> members = new LinkedHashSet<>();
    if (Files.isDirectory(PROC)) {
      try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
        for (Path process : processes) {
          if (isMarked(process)) {
            ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                .ifPresent(members::add);
          }
        }
      } catch (IOException e) {
        throw new DispenseException(
            "Tried to list the processes in /proc but failed because " + e.getMessage() + ".", e);
      }
    }
    for (ProcessHandle member : Set.copyOf(members)) {
      member.descendants().forEach(members::add);
    }
    members.remove(ProcessHandle.current());
    return members;
  }

  private boolean isMarked(Path process) {
    try {
      byte[] environment = Files.readAllBytes(process.resolve("environ"));
      return ("\0" + new String(environment, StandardCharsets.ISO_8859_1)).contains(marker);
    } catch (IOException e) {
      return false; // it has ended meanwhile, or is another user's and so not ours
    }
  }
}
