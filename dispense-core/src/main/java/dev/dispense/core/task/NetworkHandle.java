package dev.dispense.core.task;

import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import dev.dispense.SandboxNetwork;
import dev.dispense.Traffic;
import dev.dispense.core.machine.SandboxConnection;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What a sandbox may reach, over its provider. */
public final class NetworkHandle implements SandboxNetwork {
  private final SandboxConnection connection;

  public NetworkHandle(SandboxConnection connection) {
    this.connection = connection;
  }

  @Override
  public NetworkPolicy policy() {
    return connection.gateways().network(connection.machineId());
  }

  @Override
  public void allow(Set<String> hosts) {
    change(allowed -> allowed.with(hosts));
  }

  @Override
  public void deny(Set<String> hosts) {
    change(allowed -> allowed.without(hosts));
  }

  private void change(UnaryOperator<NetworkPolicy.Allow> change) {
    if (!(policy() instanceof NetworkPolicy.Allow)) {
      throw new RefusedException(
          ("The sandbox '%s' was not created with a list of hosts that it may reach, and so there"
                  + " is none to change. Create one with the network policy allow.")
              .formatted(connection.name()));
    }
    connection.gateways().updateAllowedHosts(connection.machineId(), change);
  }

  @Override
  public Traffic traffic() {
    return connection.gateways().traffic(connection.machineId());
  }

  @Override
  public Optional<Traffic.Usage> traffic(int task) {
    return new Supervisor(connection, connection.name())
        .status(task)
        .pass()
        .map(pass -> connection.gateways().traffic(connection.machineId(), pass));
  }
}
