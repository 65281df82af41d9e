package dev.dispense.benchmarks.measure;

import dev.dispense.Task;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Points in time that a program in a sandbox prints, in nanoseconds since 1970: the clock of a
 * container is the machine's.
 */
public final class Stamps {
  private Stamps() {}

  /** Returns the command that prints one. */
  public static String[] command() {
    return new String[] {"date", "+%s%N"};
  }

  /** Returns the time now. */
  public static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /** Returns the one in the output of a task. */
  public static long read(Task task) {
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
