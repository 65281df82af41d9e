package dev.dispense.spi;

import java.nio.file.Path;

/**
 * A directory or file of this machine that a sandbox sees. Any characters are allowed in the paths.
 *
 * @param host an absolute path on this machine; must exist
 * @param path an absolute path in the sandbox; a file may lie inside another mount
 * @param readOnly whether the sandbox may not write to it
 */
public record Mount(Path host, String path, boolean readOnly) {
  /**
   * Checks the paths.
   *
   * @throws IllegalArgumentException when one is not absolute
   */
  public Mount {
    if (!host.isAbsolute() || !path.startsWith("/")) {
      throw new IllegalArgumentException(
          "The paths of a mount must be absolute: " + host + " at " + path);
    }
  }
}
