package dev.dispense.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A small disk that is mounted at a directory; only root can. Closing it unmounts it. */
final class SmallDisk implements AutoCloseable {
  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /** Mounts one of a mebibyte. */
  static SmallDisk at(Path directory) throws IOException {
    return at(directory, 1);
  }

  /** Mounts one, or skips the test when it cannot be mounted; with CI=true it fails. */
  static SmallDisk at(Path directory, int mebibytes) throws IOException {
    Files.createDirectories(directory);
    CommandLine.Outcome outcome =
        run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", directory.toString());
    if (outcome.exitCode() != 0) {
      Requirement.missing("A disk cannot be mounted here: " + outcome.stderr());
    }
    return new SmallDisk(directory);
  }

  private static CommandLine.Outcome run(String... argv) {
    return new CommandLine(Path.of("/"), Map.of()).run(List.of(argv));
  }

  /**
   * Changes how it is mounted.
   *
   * @param how {@code ro} or {@code rw}
   */
  void remount(String how) {
    run("mount", "-o", "remount," + how, directory.toString()).succeeds();
  }

  /** Fills it, and returns the file that does. */
  Path fill() throws IOException {
    Path filling = directory.resolve(".filling");
    try (OutputStream out = Files.newOutputStream(filling)) {
      while (true) {
        out.write(new byte[512]);
      }
    } catch (IOException e) {
      return filling;
    }
  }

  @Override
  public void close() {
    run("umount", "--lazy", directory.toString()).succeeds();
  }
}
