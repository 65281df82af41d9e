package dev.dispense.spi;

import dev.dispense.Capability;
import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import dev.dispense.TaskSpec;
import dev.dispense.Traffic;
import dev.dispense.UnavailableException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What stands between the sandboxes of a provider and the network: it puts keys into what they ask
 * at {@linkplain Route routes}, lets them reach the hosts that are allowed, and counts both. A
 * provider with {@link Capability#ROUTES} has it.
 *
 * <p>What {@link SandboxProvider} says of its methods holds for these too. A machine that was made
 * without a gateway is refused where one is needed.
 */
public interface Gateways {
  /**
   * Returns how a sandbox of that policy reaches its routes; empty when keys have to be delivered
   * to it.
   */
  Optional<Gateway> gateway(NetworkPolicy policy);

  /**
   * Opens routes for a machine that was {@linkplain MachineSpec#routes() made for it}. Those that
   * are open already stay, and so do connections.
   *
   * @throws UnavailableException when the gateway cannot be brought to work
   */
  void openRoutes(String machineId, List<Route> routes);

  /**
   * Opens routes at which whatever runs in the machine may ask at any time: they are no task's, and
   * no {@linkplain #admit limit} of one holds there.
   *
   * @throws UnavailableException when the gateway cannot be brought to work
   */
  void openSharedRoutes(String machineId, List<Route> routes);

  /**
   * Lets a task ask at the routes of a machine, by its {@linkplain Gateway#forTask pass}. Once one
   * has had a limit there, only those may ask that are admitted and have not ended.
   *
   * @param limit how much it may ask, counted from its own first request
   * @param atWork tells the passes of the tasks that have not ended; asked only where that matters
   * @throws RefusedException also when a task is at work that has no limit, and this one is to have
   *     one, or the other way round: they could ask in each other's name
   */
  void admit(String machineId, TaskTag task, TaskSpec.Limit limit, Supplier<Set<TaskTag>> atWork);

  /** Returns what a task asked at the routes of a machine. */
  Traffic.Usage traffic(String machineId, TaskTag task);

  /** Returns what went through the gateway of a machine. */
  Traffic traffic(String machineId);

  /** Returns what a running machine may reach now, with a gateway or without. */
  NetworkPolicy network(String machineId);

  /**
   * Changes which hosts a machine may reach, from now on; connections that are open stay.
   *
   * @param change makes what it may reach of what it may reach now. When two processes change that
   *     at the same moment, one is given what the other has made
   * @throws RefusedException also when the machine was made with another kind of policy
   */
  void updateAllowedHosts(String machineId, UnaryOperator<NetworkPolicy.Allow> change);

  /**
   * Ensures that the gateway of a machine is there, where it has one: somebody may have stopped or
   * removed it.
   *
   * @throws UnavailableException when it cannot be brought to work
   */
  void repair(String machineId);
}
