package dev.dispense;

/** What a provider may or may not be able to do. What it cannot do, it refuses. */
public enum Capability {
  /** Directories of this machine can be mounted; without it, files are uploaded. */
  BIND_MOUNTS,
  /** A sandbox can be stopped and started again with its files. */
  STOP_START,
  /** A sandbox can stop by itself, when its time is up. */
  EXPIRY,
  /** A sandbox can get another name, while it runs. */
  RENAME,
  /** Ports of the sandbox can be connected to, and so reached through ports of this machine. */
  PORT_FORWARDING,
  /** A sandbox can be entered by SSH, from any machine. */
  SSH,
  /** A port of the sandbox has an address that browsers elsewhere can open. */
  PREVIEW_URL,
  /** {@link NetworkPolicy#NONE} can be honoured. */
  NETWORK_NONE,
  /** {@link NetworkPolicy.Allow} can be honoured. */
  NETWORK_ALLOW,
  /**
   * There is a {@link dev.dispense.spi.Gateway}, so that keys of models stay out of sandboxes
   * without a network.
   */
  ROUTES,
  /** {@link Resources} are applied. */
  RESOURCE_LIMITS,
  /**
   * What runs in a sandbox cannot reach this machine. Only providers made for tests lack it; the
   * core refuses them unless they were added to it explicitly.
   */
  ISOLATION
}
