package dev.dispense.docker.host;

import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.Software;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where things are in a container, the same in all of them. */
public final class Layout {
  /** The directories of every sandbox. */
  public static final SandboxLayout PATHS =
      new SandboxLayout("/workspace", "/dispense", "/home/agent", "/run/dispense");

  /** The file of further certificate authorities. */
  public static final String CERTIFICATES = PATHS.dispense() + "/ca-certificates.crt";

  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Layout() {}

  /** Returns where software is in the default image. */
  public static String builtIn(Software software) {
    return "/opt/dispense/" + software.id();
  }

  /**
   * Returns the {@code PATH} of a container: what was given for it, what is installed later, what
   * is in the default image, and what the image itself has. No given one hides what a sandbox runs
   * on.
   *
   * @param imageEnvironment the variables of the image, as {@code NAME=value}
   */
  public static String searchPath(MachineSpec spec, List<String> imageEnvironment) {
    Set<String> directories = new LinkedHashSet<>();
    String given = spec.environment().getOrDefault("PATH", "");
    if (!given.isEmpty()) {
      directories.addAll(List.of(given.split(":", -1)));
    }
    for (Software software : spec.software()) {
      directories.add(PATHS.dispense() + "/software/" + software.id() + "/bin");
    }
    for (Software software : spec.software()) {
      directories.add(builtIn(software) + "/bin");
    }
    String own =
        imageEnvironment.stream()
            .filter(variable -> variable.startsWith("PATH="))
            .map(variable -> variable.substring("PATH=".length()))
            .filter(path -> !path.isEmpty())
            .findFirst()
            .orElse(DEFAULT_PATH);
    directories.addAll(List.of(own.split(":", -1)));
    return String.join(":", directories);
  }
}
