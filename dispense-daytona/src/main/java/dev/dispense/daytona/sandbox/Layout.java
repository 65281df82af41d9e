package dev.dispense.daytona.sandbox;

import dev.dispense.spi.SandboxLayout;

/** Where things are in a sandbox, the same in all of them. */
public final class Layout {
  /**
   * The directories of every sandbox. The home directory is that of the user of the service's own
   * images; the last one is in memory.
   */
  public static final SandboxLayout PATHS =
      new SandboxLayout("/workspace", "/dispense", "/home/daytona", "/dev/shm/dispense");

  private Layout() {}

  /** Returns whether a path is in the directory that is in memory. */
  public static boolean isInMemory(String path) {
    return path.equals(PATHS.secrets()) || path.startsWith(PATHS.secrets() + "/");
  }
}
