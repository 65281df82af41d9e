package dev.dispense;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Something that an agent did or said. The texts are the agent's own, as they are: make them {@link
 * PrintableText#printable(String) printable} before a person sees them.
 */
public sealed interface TaskEvent {
  /**
   * A session began or was resumed.
   *
   * @param sessionId the agent's id for it
   * @param model the model that is used
   * @param agentVersion the agent's version, where it says it
   */
  record SessionStarted(String sessionId, String model, Optional<String> agentVersion)
      implements TaskEvent {}

  /**
   * The agent said something.
   *
   * @param text what it said; may have several lines
   */
  record Message(String text) implements TaskEvent {}

  /**
   * The agent uses a tool.
   *
   * @param id names this use
   * @param tool the tool's name, such as {@code Bash}
   * @param input the tool's input as JSON
   */
  record ToolUse(String id, String tool, String input) implements TaskEvent {}

  /**
   * A tool has ended.
   *
   * @param id the use that has ended
   * @param success whether the tool did what it was asked
   * @param output what it returned; may have several lines
   */
  record ToolResult(String id, boolean success, String output) implements TaskEvent {}

  /**
   * A call to the model failed and is tried again.
   *
   * @param attempt the number of this retry, from 1
   * @param maxAttempts after how many it gives up
   * @param delay how long it waits first
   * @param status the HTTP status, when there was an answer
   * @param message what failed
   */
  record Retry(int attempt, int maxAttempts, Duration delay, OptionalInt status, String message)
      implements TaskEvent {}

  /**
   * The sandbox asked for a host that it may not reach, while the task ran. Told once for each
   * host, when it is noticed; {@link SandboxNetwork#traffic()} has the counts.
   *
   * @param host its name, or an address
   * @param port 1 to 65535
   */
  record HostRefused(String host, int port) implements TaskEvent {
    /** Returns it as {@link SandboxNetwork#allow} takes it. */
    public String toAllow() {
      return port == 80 || port == 443 ? host : host + ":" + port;
    }
  }

  /**
   * The agent says that it is done.
   *
   * @param success whether it says that it succeeded
   * @param text its answer, or what went wrong
   * @param sessionId the session, by which a later task can go on
   * @param costUsd what this run cost, in US dollars, where the agent says it
   * @param turns how many turns this run took, where the agent says it
   * @param duration how long this run took
   * @param usage the tokens of this run
   */
  record Result(
      boolean success,
      String text,
      Optional<String> sessionId,
      OptionalDouble costUsd,
      OptionalInt turns,
      Optional<Duration> duration,
      Optional<Usage> usage)
      implements TaskEvent {}

  /**
   * Tokens that were used.
   *
   * @param input tokens sent that were not in a cache
   * @param cachedInput tokens sent that were read from a cache
   * @param output tokens received
   */
  record Usage(long input, long cachedInput, long output) {
    /** Returns all tokens. */
    public long total() {
      return input + cachedInput + output;
    }
  }

  /**
   * A line that the agent wrote to its standard error.
   *
   * @param line the line without its line break
   */
  record ErrorOutput(String line) implements TaskEvent {}

  /**
   * A line that the agent's parser does not know.
   *
   * @param line the line without its line break
   * @param omittedBytes how many bytes of an over-long line were left out at its end
   */
  record Raw(String line, OptionalLong omittedBytes) implements TaskEvent {
    /** Makes the event of a line that is whole. */
    public Raw(String line) {
      this(line, OptionalLong.empty());
    }
  }
}
