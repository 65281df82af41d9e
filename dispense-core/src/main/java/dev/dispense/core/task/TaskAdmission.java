package dev.dispense.core.task;

import dev.dispense.NetworkPolicy;
import dev.dispense.TaskSpec;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.TaskTag;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/**
 * The place of one task at the gateway of its sandbox, where there is one.
 *
 * @param gateway how it asks its model
 * @param pass what it is known by there
 */
public record TaskAdmission(
    SandboxConnection connection, Optional<Gateway> gateway, Optional<TaskTag> pass) {

  /** Makes a place that is still to be taken. */
  public static TaskAdmission of(SandboxConnection connection, NetworkPolicy network) {
    Optional<Gateway> gateway = connection.provider().gateways().flatMap(it -> it.gateway(network));
    Optional<TaskTag> pass = gateway.map(way -> TaskTag.random());
    return new TaskAdmission(
        connection, gateway.flatMap(way -> pass.map(task -> way.forTask(task))), pass);
  }

  /**
   * Takes the place and submits the task.
   *
   * @param lock of the sandbox: while a task with a limit is submitted, no other may be, as it
   *     could not be told from one that has ended
   * @param submission submits the task and returns its number
   */
  public int take(
      TaskSpec.Limit limit, Supervisor supervisor, ReadWriteLock lock, IntSupplier submission) {
    Lock own = limit.isNone() ? lock.readLock() : lock.writeLock();
    own.lock();
    try {
      pass.ifPresent(
          task ->
              connection
                  .gateways()
                  .admit(connection.machineId(), task, limit, () -> atWork(supervisor)));
      return submission.getAsInt();
    } finally {
      own.unlock();
    }
  }

  private static Set<TaskTag> atWork(Supervisor supervisor) {
    return supervisor.status().stream()
        .filter(report -> report.finished().isEmpty() && !report.phase().equals("lost"))
        .flatMap(report -> report.pass().stream())
        .collect(Collectors.toSet());
  }
}
