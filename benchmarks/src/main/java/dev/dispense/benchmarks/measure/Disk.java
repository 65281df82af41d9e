package dev.dispense.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the disk: what was written or deleted before goes on for seconds behind the back of
 * what comes next. It has settled when all is written, and making a few files takes about as long
 * as it took at best.
 */
final class Disk {
  private static final int PROBE_FILES = 200;
  private static final double NEARLY = 1.5;
  private static final long AT_MOST_SECONDS = 20;

  private final Path directory;
  private long best = Long.MAX_VALUE;

  /**
   * @param directory an existing directory on that disk
   */
  Disk(Path directory) {
    this.directory = directory;
  }

  /** Returns when it has settled, or after 20 seconds. */
  void settle() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AT_MOST_SECONDS);
    Tool.run(directory, "sync", "--file-system", directory.toString());
    long probe = probe();
    while (probe > best * NEARLY && System.nanoTime() < end) {
      Thread.sleep(200);
      probe = probe();
    }
  }

  private long probe() throws IOException {
    Path files = Files.createTempDirectory(directory, "probe");
    long start = System.nanoTime();
    for (int i = 0; i < PROBE_FILES; i++) {
      Files.write(files.resolve("file" + i), new byte[1024]);
    }
    long time = System.nanoTime() - start;
    for (int i = 0; i < PROBE_FILES; i++) {
      Files.delete(files.resolve("file" + i));
    }
    Files.delete(files);
    best = Math.min(best, time);
    return time;
  }
}
