package dev.dispense.spi;

import dev.dispense.NetworkPolicy;
import dev.dispense.Resources;
import dev.dispense.SandboxName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a provider is asked to create. The provider applies all of it or refuses.
 *
 * @param name the sandbox's name; unique among the sandboxes of the provider
 * @param image the image to use as it is; when absent, the provider's default image, which has git,
 *     common tools and {@code software}
 * @param software what the default image must hold; not looked at when {@code image} is given
 * @param labels recorded with the machine for ever; keys start with {@code dev.dispense.}
 * @param environment variables that every command in the sandbox sees; not for secrets
 * @param mounts directories and files of this machine; empty where the provider cannot mount
 * @param resources the limits
 * @param network what may be reached
 * @param routes whether {@linkplain SandboxProvider#openRoutes routes} will be opened for it; not
 *     looked at where there is no gateway
 * @param uid the numeric user that runs everything in the sandbox, as a rule the caller's own, so
 *     that files in mounts belong to the caller; 0 when the caller is root. Where nothing can be
 *     mounted, the user may be the image's own
 * @param gid the numeric group that goes with {@code uid}
 */
public record MachineSpec(
    SandboxName name,
    Optional<String> image,
    List<Software> software,
    Map<String, String> labels,
    Map<String, String> environment,
    List<Mount> mounts,
    Resources resources,
    NetworkPolicy network,
    boolean routes,
    int uid,
    int gid) {
  /** Copies the collections. */
  public MachineSpec {
    software = List.copyOf(software);
    labels = Map.copyOf(labels);
    environment = Map.copyOf(environment);
    mounts = List.copyOf(mounts);
  }
}
