package dev.dispense;

import java.util.Set;

/**
 * What a sandbox may reach. A provider that cannot honour a policy refuses it; it never falls back
 * to another.
 */
public sealed interface NetworkPolicy {
  /** The Internet and the networks that this machine reaches, but no other sandbox. */
  NetworkPolicy OPEN = new Open();

  /** Nothing but the sandbox's own loopback. */
  NetworkPolicy NONE = new None();

  /** See {@link #OPEN}. */
  record Open() implements NetworkPolicy {}

  /** See {@link #NONE}. */
  record None() implements NetworkPolicy {}

  /**
   * Only the named hosts.
   *
   * @param hosts host names; a leading dot also allows all subdomains
   */
  record Allow(Set<String> hosts) implements NetworkPolicy {
    /** Copies the names. */
    public Allow {
      hosts = Set.copyOf(hosts);
    }
  }
}
