package dev.dispense;

import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a sandbox may reach, and what it has reached. Got from {@link Sandbox#network()}; holds
 * nothing, and each call asks anew. Safe for use by several threads.
 *
 * <p>Each method throws {@link RefusedException} where the provider does not do it.
 */
public final class NetworkAccess {
  private final SandboxConnection connection;

  NetworkAccess(SandboxConnection connection) {
    this.connection = connection;
  }

  /** Returns what it may reach now. */
  public NetworkPolicy policy() {
    return connection.provider().network(connection.machineId());
  }

  /**
   * Lets it reach further hosts, from now on.
   *
   * @param hosts as {@link NetworkPolicy.Allow} has them
   * @throws RefusedException also when it was created with an open network, or with none
   */
  public void allow(Set<String> hosts) {
    change(allowed -> allowed.with(hosts));
  }

  /**
   * Lets it reach certain hosts no more, from now on; connections that are open stay.
   *
   * @param hosts as they were allowed
   * @throws RefusedException also when it was created with an open network, or with none
   */
  public void deny(Set<String> hosts) {
    change(allowed -> allowed.without(hosts));
  }

  private void change(UnaryOperator<NetworkPolicy.Allow> change) {
    if (!(policy() instanceof NetworkPolicy.Allow)) {
      throw new RefusedException(
          ("The sandbox '%s' was not created with a list of hosts that it may reach, and so there"
                  + " is none to change. Create one with: dispense new --network allow")
              .formatted(connection.name()));
    }
    connection.provider().allow(connection.machineId(), change);
  }

  /** Returns what went through its gateway. */
  public Traffic traffic() {
    return connection.provider().traffic(connection.machineId());
  }

  /**
   * Returns what a task asked of its model; empty when it was not given through a gateway.
   *
   * @param task the number of the task
   * @throws NotFoundException when there is none with that number
   */
  public Optional<TaskTraffic> traffic(int task) {
    return new Supervisor(connection, connection.name())
        .status(task)
        .pass()
        .map(pass -> connection.provider().traffic(connection.machineId(), pass));
  }
}
