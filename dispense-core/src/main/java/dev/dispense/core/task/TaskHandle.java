package dev.dispense.core.task;

import dev.dispense.Task;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.TimedOutException;
import dev.dispense.Traffic;
import dev.dispense.core.config.Plugins;
import dev.dispense.core.io.LineOutput;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.spi.Agent;
import dev.dispense.support.BoundedOutput;
import dev.dispense.support.DaemonThread;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A task, over the supervisor of its sandbox. */
public final class TaskHandle implements Task {
  private final Supervisor supervisor;

  private final int id;

  private final String agentId;

  private final Plugins<Agent> agents;

  private final Optional<Supplier<Traffic>> traffic;

  /**
   * @param agentId the agent that the task was given to, known here or not
   * @param traffic what went through the gateway of the sandbox, where it has one
   */
  public TaskHandle(
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

  @Override
  public int id() {
    return id;
  }

  @Override
  public TaskInfo info() {
    return assess(supervisor.status(id), agents);
  }

  public static TaskInfo assess(TaskReport report, Plugins<Agent> agents) {
    return report.assess(agent(report.agent(), agents));
  }

  private static Optional<Agent> agent(String agentId, Plugins<Agent> agents) {
    return agents.ids().contains(agentId) ? Optional.of(agents.get(agentId)) : Optional.empty();
  }

  @Override
  public String prompt() {
    BoundedOutput prompt = BoundedOutput.failingOver(SandboxConnection.SHORT_OUTPUT);
    supervisor.log(id, "prompt", 0, false, Optional.empty(), prompt);
    return prompt.toString();
  }

  @Override
  public TaskInfo await() {
    return assess(supervisor.await(id, Optional.empty()), agents);
  }

  @Override
  public TaskInfo await(Duration timeout) {
    try {
      return assess(supervisor.await(id, Optional.of(timeout)), agents);
    } catch (TimedOutException e) {
      throw goesOn(timeout, e);
    }
  }

  @Override
  public TaskInfo follow(Consumer<TaskEvent> consumer) {
    return read(true, Optional.empty(), consumer);
  }

  @Override
  public TaskInfo follow(Consumer<TaskEvent> consumer, Duration timeout) {
    try {
      return read(true, Optional.of(timeout), consumer);
    } catch (TimedOutException e) {
      throw goesOn(timeout, e);
    }
  }

  private TimedOutException goesOn(Duration timeout, TimedOutException cause) {
    return new TimedOutException(
        "Task %d has not ended within %s; it goes on.".formatted(id, timeout), cause);
  }

  @Override
  public Flow.Publisher<TaskEvent> events(long offset) {
    return new TaskEvents(this, offset);
  }

  @Override
  public CompletionStage<TaskInfo> onExit() {
    CompletableFuture<TaskInfo> end = new CompletableFuture<>();
    DaemonThread.start(
        "dispense-task-end",
        () -> {
          try {
            end.complete(await());
          } catch (RuntimeException | Error e) {
            end.completeExceptionally(e);
          }
        });
    return end.minimalCompletionStage();
  }

  @Override
  public TaskInfo replay(Consumer<TaskEvent> consumer) {
    return read(false, Optional.empty(), consumer);
  }

  private TaskInfo read(boolean follow, Optional<Duration> timeout, Consumer<TaskEvent> consumer) {
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
    TaskReport report = supervisor.log(id, "output", 0, follow, timeout, lines);
    lines.finish();
    if (!report.endedWithoutErrors()) {
      LineOutput errors =
          new LineOutput((line, omitted) -> consumer.accept(new TaskEvent.ErrorOutput(line)));
      report = supervisor.log(id, "errors", 0, false, Optional.empty(), errors);
      errors.finish();
    }
    TaskInfo info = assess(report, agents);
    refused.ifPresent(it -> it.look(info));
    return info;
  }

  @Override
  public void log(long offset, boolean follow, OutputStream out) {
    if (offset < 0) {
      throw new IllegalArgumentException("An offset must not be negative: " + offset);
    }
    supervisor.log(id, "output", offset, follow, Optional.empty(), out);
  }

  @Override
  public void cancel() {
    supervisor.cancel(id);
  }
}
