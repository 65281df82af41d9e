package dev.dispense;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A task in a sandbox: an agent at work on one prompt. This is a handle: the task lives in the
 * sandbox, goes on when this process ends, and is found again by its {@link #id()} from any other.
 * Nothing needs to be closed.
 *
 * <p>Safe for use by several threads. All methods but {@link #id()} are calls to the sandbox, and
 * throw {@link NotFoundException} when the sandbox or the task is gone.
 */
public final class Task {
  private final Supervisor supervisor;
  private final int id;
  private final String agentId;
  private final Plugins<Agent> agents;
  private final Optional<Supplier<Traffic>> traffic;

  /**
   * @param agentId the agent that the task was given to, known here or not
   * @param traffic what went through the gateway of the sandbox, where it has one
   */
  Task(
      Supervisor supervisor,
      int id,
      String agentId,
      Plugins<Agent> agents,
      Optional<Supplier<Traffic>> traffic) {
    this.supervisor = supervisor;
    this.id = id;
    this.agentId = agentId;
    this.agents = agents;
    this.traffic = traffic;
  }

  /** Returns the task's number in its sandbox, from 1. */
  public int id() {
    return id;
  }

  /** Returns how the task stands now. */
  public TaskInfo info() {
    return judge(supervisor.status(id), agents);
  }

  static TaskInfo judge(TaskReport report, Plugins<Agent> agents) {
    return report.judge(agent(report.agent(), agents));
  }

  private static Optional<Agent> agent(String agentId, Plugins<Agent> agents) {
    return agents.ids().contains(agentId) ? Optional.of(agents.get(agentId)) : Optional.empty();
  }

  /** Returns the prompt. */
  public String prompt() {
    BoundedOutput prompt = new BoundedOutput();
    supervisor.log(id, "prompt", 0, false, prompt);
    return prompt.toString();
  }

  /**
   * Waits until the task has ended, however it ends.
   *
   * @return how it ended
   */
  public TaskInfo await() {
    return judge(supervisor.await(id, Optional.empty()), agents);
  }

  /**
   * Waits until the task has ended, however it ends.
   *
   * @return how it ended
   * @throws TimedOutException when it has not ended after {@code timeout}; it goes on
   */
  public TaskInfo await(Duration timeout) {
    try {
      return judge(supervisor.await(id, Optional.of(timeout)), agents);
    } catch (TimedOutException e) {
      throw new TimedOutException(
          "Task %d has not ended within %s; it goes on.".formatted(id, timeout), e);
    }
  }

  /**
   * Hands on all events from the task's beginning, live, until it has ended. What the agent wrote
   * to its standard error comes last.
   *
   * @param consumer called by one thread at a time, which may be the provider's; what it throws
   *     ends the following, not the task
   * @return how the task ended
   */
  public TaskInfo follow(Consumer<TaskEvent> consumer) {
    return read(true, consumer);
  }

  /**
   * Hands on all events that there are so far.
   *
   * @param consumer called by one thread at a time, which may be the provider's
   * @return how the task stands
   */
  public TaskInfo events(Consumer<TaskEvent> consumer) {
    return read(false, consumer);
  }

  private TaskInfo read(boolean follow, Consumer<TaskEvent> consumer) {
    Agent.@Nullable Parser parser = agent(agentId, agents).map(Agent::parser).orElse(null);
    Optional<RefusedHosts> refused =
        traffic.map(source -> new RefusedHosts(source, this::info, consumer));
    LineOutput lines =
        new LineOutput(
            (line, omitted) -> {
              refused.ifPresent(RefusedHosts::lookSometimes);
              if (parser == null || omitted.isPresent()) {
                consumer.accept(new TaskEvent.Raw(line, omitted));
              } else {
                parser.parse(line).forEach(consumer);
              }
            });
    TaskReport report = supervisor.log(id, "output", 0, follow, lines);
    lines.finish();
    if (!report.endedWithoutErrors()) {
      LineOutput errors =
          new LineOutput((line, omitted) -> consumer.accept(new TaskEvent.ErrorOutput(line)));
      report = supervisor.log(id, "errors", 0, false, errors);
      errors.finish();
    }
    TaskInfo info = judge(report, agents);
    refused.ifPresent(it -> it.look(info));
    return info;
  }

  /**
   * Writes the agent's raw output.
   *
   * @param offset the byte to start at, from 0; one beyond the end waits for it, or writes nothing
   * @param follow whether to go on until the task has ended
   * @param out receives the bytes as they are; not closed
   */
  public void log(long offset, boolean follow, OutputStream out) {
    if (offset < 0) {
      throw new IllegalArgumentException("An offset must not be negative: " + offset);
    }
    supervisor.log(id, "output", offset, follow, out);
  }

  /**
   * Ends the agent and all that it started. When the task has ended, it stays as it ended, and what
   * the agent left running ends.
   */
  public void cancel() {
    supervisor.cancel(id);
  }
}
