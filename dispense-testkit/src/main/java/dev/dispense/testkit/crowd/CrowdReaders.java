package dev.dispense.testkit.crowd;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.Task;
import dev.dispense.TaskEvent;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/** Readers who follow one task at the same time, each from its beginning. */
final class CrowdReaders {
  private static final int READERS = 5;

  private CrowdReaders() {}

  /** Counts and sums what is written to it, and keeps none of it. */
  static final class Sum extends OutputStream {
    private final CRC32 crc = new CRC32();
    private long bytes;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      crc.update(source, offset, length);
      bytes += length;
    }

    @Override
    public String toString() {
      return bytes + " bytes, CRC " + Long.toHexString(crc.getValue());
    }
  }

  /** Returns what the readers got: one line when all got the same. */
  static String read(Dispense dispense, String name, String taskId) {
    Set<String> sums = new ConcurrentSkipListSet<>();
    try (Sandbox sandbox = dispense.sandbox(name)) {
      List<Throwable> failures =
          Crowd.threads(READERS, i -> sums.add(read(sandbox.task(Integer.parseInt(taskId)))));
      failures.forEach(failure -> sums.add(failure.toString()));
    }
    return String.join("\n", sums);
  }

  private static String read(Task task) {
    Sum sum = new Sum();
    task.log(0, true, sum);
    return sum.toString();
  }

  /**
   * Follows the events of a task, and returns how many it had and how long its longest line was.
   */
  static String follow(Dispense dispense, String name, String taskId) {
    AtomicLong events = new AtomicLong();
    AtomicLong longest = new AtomicLong();
    try (Sandbox sandbox = dispense.sandbox(name)) {
      sandbox
          .task(Integer.parseInt(taskId))
          .follow(
              event -> {
                events.incrementAndGet();
                if (event instanceof TaskEvent.Raw raw) {
                  long length = raw.line().length() + raw.omittedBytes().orElse(0);
                  longest.accumulateAndGet(length, Math::max);
                }
              });
    }
    return events + " events, at most " + longest + " bytes";
  }
}
