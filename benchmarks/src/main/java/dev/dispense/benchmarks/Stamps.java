package dev.dispense.benchmarks;

import dev.dispense.Task;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Points in time that a program in a sandbox prints, in nanoseconds since 1970: the clock of a
 * container is the machine's.
 */
final class Stamps {
  /** The command that prints one. */
  static final String[] COMMAND = {"date", "+%s%N"};

  private Stamps() {}

  /** Returns the time now. */
  static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /** Returns the one in the output of a task. */
  static long read(Task task) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    task.log(0, false, output);
    return output
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.matches("[0-9]{19}"))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the agent printed no time"));
  }
}
