package dev.dispense;

import java.util.Optional;
import java.util.Set;

/**
 * What a sandbox may reach, and what it has reached. Got from {@link Sandbox#network()}; holds
 * nothing, and each call asks anew. Safe for use by several threads.
 *
 * <p>Each method throws {@link RefusedException} where the provider does not do it.
 */
public interface SandboxNetwork {
  /** Returns what it may reach now. */
  NetworkPolicy policy();

  /**
   * Lets it reach further hosts, from now on.
   *
   * @param hosts as {@link NetworkPolicy.Allow} has them
   * @throws RefusedException also when it was created with an open network, or with none
   */
  void allow(Set<String> hosts);

  /**
   * Lets it reach certain hosts no more, from now on; connections that are open stay.
   *
   * @param hosts as they were allowed
   * @throws RefusedException also when it was created with an open network, or with none
   */
  void deny(Set<String> hosts);

  /** Returns what went through its gateway. */
  Traffic traffic();

  /**
   * Returns what a task asked of its model; empty when it was not given through a gateway.
   *
   * @param task the number of the task
   * @throws NotFoundException when there is none with that number
   */
  Optional<Traffic.Usage> traffic(int task);
}
