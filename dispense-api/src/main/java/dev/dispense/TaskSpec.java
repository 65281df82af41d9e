package dev.dispense;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What an agent is asked to do.
 *
 * @param prompt the request, up to 8 MiB in UTF-8, not blank, without NUL
 * @param agent the id of the agent; default the sandbox's
 * @param model the model; default the sandbox's, or else the agent's own
 * @param maxTurns the most turns that the agent may take, from 1; default no limit
 * @param limit how much it may ask of its model; default no limit. Only where there is a {@link
 *     dev.dispense.spi.Gateway}, and in a sandbox where no task without a limit is at work or waits
 * @param resume the number of an earlier task in the same sandbox whose session goes on
 * @param timeout after which the agent and all that it started is killed, counted from when the
 *     agent begins; default {@link #DEFAULT_TIMEOUT}
 * @param parallel whether it starts at once; default no: it waits for the tasks before it
 * @param secrets keys for the agent, by the name of the environment variable; default those of the
 *     caller's environment
 */
public record TaskSpec(
    String prompt,
    Optional<String> agent,
    Optional<String> model,
    OptionalInt maxTurns,
    Limit limit,
    OptionalInt resume,
    Duration timeout,
    boolean parallel,
    Map<String, Secret> secrets) {
  /** Six hours. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofHours(6);

  private static final int MAX_PROMPT_BYTES = 8 << 20;

  /**
   * Copies and checks the parts.
   *
   * @throws IllegalArgumentException when one is out of its range
   */
  public TaskSpec {
    secrets = Map.copyOf(secrets);
    if (prompt.isBlank()) {
      throw new IllegalArgumentException("The prompt is empty: say what the agent is to do.");
    }
    if (prompt.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("The prompt has a NUL in it: it must be text.");
    }
    int bytes = prompt.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_PROMPT_BYTES) {
      throw new IllegalArgumentException(
          "The prompt has "
              + bytes
              + " bytes, and agents take at most "
              + MAX_PROMPT_BYTES
              + ": put the material into a file of the project and name the file in the prompt.");
    }
    if (maxTurns.isPresent() && maxTurns.getAsInt() < 1) {
      throw new IllegalArgumentException("The turns must be at least 1.");
    }
    if (resume.isPresent() && resume.getAsInt() < 1) {
      throw new IllegalArgumentException("A task to resume has a number from 1.");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("A time-out must be positive, not " + timeout);
    }
  }

  /** Returns a builder of a task with that prompt. */
  public static Builder builder(String prompt) {
    return new Builder(prompt);
  }

  /** Returns a task with that prompt and all else at its default. */
  public static TaskSpec of(String prompt) {
    return builder(prompt).build();
  }

  /** Builds a {@link TaskSpec}; each method sets one part and returns this builder. */
  public static final class Builder {
    private final String prompt;
    private Optional<String> agent = Optional.empty();
    private Optional<String> model = Optional.empty();
    private OptionalInt maxTurns = OptionalInt.empty();
    private Limit limit = Limit.NONE;
    private OptionalInt resume = OptionalInt.empty();
    private Duration timeout = DEFAULT_TIMEOUT;
    private boolean parallel;
    private final Map<String, Secret> secrets = new TreeMap<>();

    private Builder(String prompt) {
      this.prompt = prompt;
    }

    /** Sets the id of the agent. */
    public Builder agent(String id) {
      agent = Optional.of(id);
      return this;
    }

    /** Sets the model. */
    public Builder model(String name) {
      model = Optional.of(name);
      return this;
    }

    /** Limits the turns. */
    public Builder maxTurns(int turns) {
      maxTurns = OptionalInt.of(turns);
      return this;
    }

    /** Limits the requests to the model, those that fail included. */
    public Builder maxRequests(long requests) {
      limit = new Limit(OptionalLong.of(requests), limit.bytes());
      return this;
    }

    /** Limits the bytes that go to the model and come from it. */
    public Builder maxBytes(long bytes) {
      limit = new Limit(limit.requests(), OptionalLong.of(bytes));
      return this;
    }

    /** Goes on with the session of an earlier task. */
    public Builder resume(int taskId) {
      resume = OptionalInt.of(taskId);
      return this;
    }

    /** Limits the time. */
    public Builder timeout(Duration limit) {
      timeout = limit;
      return this;
    }

    /** Starts at once, beside the tasks that run. */
    public Builder parallel() {
      parallel = true;
      return this;
    }

    /** Gives a key to the agent, by the name of its environment variable. */
    public Builder secret(String name, Secret secret) {
      Command.checkVariable(name, "");
      secrets.put(name, secret);
      return this;
    }

    /**
     * Returns the task.
     *
     * @throws IllegalArgumentException when a part is out of its range
     */
    public TaskSpec build() {
      return new TaskSpec(
          prompt, agent, model, maxTurns, limit, resume, timeout, parallel, secrets);
    }
  }

  /**
   * How much a task may ask of its model through the {@linkplain dev.dispense.spi.Gateway gateway}.
   * What is over it is refused there; the agent then ends, and what it did until then stays.
   *
   * @param requests the most requests, from 1, those that fail included; default no limit
   * @param bytes the most bytes of questions and answers, from 1; default no limit. The request
   *     that passes it is still answered, and so are others that are made at the same time
   */
  public record Limit(OptionalLong requests, OptionalLong bytes) {
    /** No limit. */
    public static final Limit NONE = new Limit(OptionalLong.empty(), OptionalLong.empty());

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when one is out of its range
     */
    public Limit {
      if (requests.isPresent() && requests.getAsLong() < 1) {
        throw new IllegalArgumentException("The requests of a task must be at least 1.");
      }
      if (bytes.isPresent() && bytes.getAsLong() < 1) {
        throw new IllegalArgumentException("The bytes of a task must be at least 1.");
      }
    }

    /** Returns whether it limits nothing. */
    public boolean isNone() {
      return requests.isEmpty() && bytes.isEmpty();
    }
  }
}
