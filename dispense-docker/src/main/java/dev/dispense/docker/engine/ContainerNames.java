package dev.dispense.docker.engine;

import dev.dispense.SandboxName;

/** What containers of sandboxes are called, and what they call this machine. */
public final class ContainerNames {
  /** The label that names the sandbox of a container. */
  public static final String NAME_LABEL = "dev.dispense.sandbox";

  /** What the names of sandboxes' containers begin with. */
  public static final String PREFIX = "dispense-";

  /** The name by which this machine is reached. */
  public static final String HOST_ADDRESS = "host.docker.internal";

  private ContainerNames() {}

  /** Returns the name of a sandbox's container. */
  public static String of(SandboxName name) {
    return PREFIX + name;
  }
}
