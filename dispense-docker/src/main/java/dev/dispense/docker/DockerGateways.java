package dev.dispense.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import dev.dispense.TaskSpec;
import dev.dispense.Traffic;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.gateway.GatewaySlot;
import dev.dispense.docker.gateway.SandboxGateway;
import dev.dispense.docker.network.BridgeNetwork;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.Gateways;
import dev.dispense.spi.Route;
import dev.dispense.spi.TaskTag;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The gateway of the sandboxes on one engine. On an engine elsewhere no sandbox has one, as its
 * files are not seen there.
 */
record DockerGateways(Engine engine, SandboxLookup lookup, SandboxGateway gateway)
    implements Gateways {
  @Override
  public Optional<Gateway> gateway(NetworkPolicy policy) {
    return engine.endpoint().isLocal() && SandboxGateway.isNeeded(policy, true)
        ? Optional.of(SandboxGateway.ACCESS)
        : Optional.empty();
  }

  @Override
  public void openRoutes(String machineId, List<Route> routes) {
    gateway.open(requireSeat("open a route", machineId), routes);
  }

  @Override
  public void openSharedRoutes(String machineId, List<Route> routes) {
    GatewaySlot seat = requireSeat("open a route", machineId);
    routes.forEach(gateway.passes(seat)::admitAll);
    gateway.open(seat, routes);
  }

  @Override
  public void admit(
      String machineId, TaskTag task, TaskSpec.Limit limit, Supplier<Set<TaskTag>> atWork) {
    gateway.passes(requireSeat("let a task ask its model", machineId)).admit(task, limit, atWork);
  }

  @Override
  public Traffic.Usage traffic(String machineId, TaskTag task) {
    return gateway.passes(requireSeat("see what the task asked", machineId)).traffic(task);
  }

  @Override
  public Traffic traffic(String machineId) {
    return gateway.traffic(requireSeat("see what the sandbox reaches", machineId));
  }

  @Override
  public NetworkPolicy network(String machineId) {
    InspectContainerResponse container = lookup.sandbox("look at", machineId);
    boolean isOpen = BridgeNetwork.NAME.equals(container.getHostConfig().getNetworkMode());
    return isOpen
        ? NetworkPolicy.OPEN
        : seat(container).<NetworkPolicy>flatMap(gateway::allowed).orElse(NetworkPolicy.NONE);
  }

  @Override
  public void updateAllowedHosts(String machineId, UnaryOperator<NetworkPolicy.Allow> change) {
    gateway.allow(requireSeat("change what the sandbox may reach", machineId), change);
  }

  @Override
  public void repair(String machineId) {
    seat(lookup.sandbox("connect", machineId)).ifPresent(gateway::resume);
  }

  private GatewaySlot requireSeat(String doing, String machineId) {
    return seat(lookup.sandbox("look at", machineId))
        .orElseThrow(
            () ->
                new RefusedException(
                    "Tried to "
                        + doing
                        + " but failed because the sandbox was not created with a gateway: its"
                        + " network is open, or it has none at all."));
  }

  /** Returns what a sandbox has of the gateway; empty when it was made without. */
  static Optional<GatewaySlot> seat(InspectContainerResponse container) {
    Map<String, String> labels = container.getConfig().getLabels();
    return GatewaySlot.parse(labels == null ? null : labels.get(GatewaySlot.LABEL));
  }
}
