package dev.dispense.support;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a process of this machine for ever, as a number alone does not: it is given again.
 * Temporary files are named after the process that made them, so that they can be told from what a
 * killed process left.
 *
 * @param pid its number
 * @param started when it was started, in milliseconds since 1970; 0 where that cannot be known
 */
public record ProcessId(long pid, long started) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})-(\\d{1,18})");
  private static final Pattern TEMPORARY =
      Pattern.compile(".*\\.(\\d{1,18}-\\d{1,18})\\.[0-9a-f]{8}");

  /** Returns this process. */
  public static ProcessId current() {
    return of(ProcessHandle.current());
  }

  private static ProcessId of(ProcessHandle process) {
    return new ProcessId(
        process.pid(), process.info().startInstant().map(it -> it.toEpochMilli()).orElse(0L));
  }

  /** Reads what {@link #toString()} gave; empty when it is nothing of the kind. */
  public static Optional<ProcessId> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new ProcessId(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  /** Returns whether the process lives; another one that got its number since does not count. */
  public boolean isAlive() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> of(process).equals(this))
        .isPresent();
  }

  /**
   * Returns a new name for a temporary file of this process.
   *
   * @param what what it is, for people who see it
   */
  public static String temporaryName(String what) {
    return what + "." + current() + "." + UUID.randomUUID().toString().substring(0, 8);
  }

  /**
   * Returns whether {@link #temporaryName} named a file in a process that does not live any more.
   */
  public static boolean isLeftBehind(Path file) {
    Matcher matcher = TEMPORARY.matcher(String.valueOf(file.getFileName()));
    return matcher.matches() && parse(matcher.group(1)).filter(id -> !id.isAlive()).isPresent();
  }

  @Override
  public String toString() {
    return pid + "-" + started;
  }
}
