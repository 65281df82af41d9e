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
 * @param routes whether {@linkplain Gateways#openRoutes routes} will be opened for it; not looked
 *     at where there is no gateway
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

  /** Returns a builder of a machine with the default image and limits, whose user is root. */
  public static Builder builder(SandboxName name) {
    return new Builder(name);
  }

  /** Returns a builder that has all of this already. */
  public Builder toBuilder() {
    Builder builder = new Builder(name);
    builder.image = image;
    return builder
        .software(software)
        .labels(labels)
        .environment(environment)
        .mounts(mounts)
        .resources(resources)
        .network(network)
        .routes(routes)
        .user(uid, gid);
  }

  /** Builds a {@link MachineSpec}; each method sets one part and returns this builder. */
  public static final class Builder {
    private final SandboxName name;
    private Optional<String> image = Optional.empty();
    private List<Software> software = List.of();
    private Map<String, String> labels = Map.of();
    private Map<String, String> environment = Map.of();
    private List<Mount> mounts = List.of();
    private Resources resources = Resources.DEFAULT;
    private NetworkPolicy network = NetworkPolicy.NONE;
    private boolean routes;
    private int uid;
    private int gid;

    private Builder(SandboxName name) {
      this.name = name;
    }

    /** Sets the image; default the provider's own. */
    public Builder image(String reference) {
      image = Optional.of(reference);
      return this;
    }

    /** Sets what the default image must hold; default nothing more. */
    public Builder software(List<Software> value) {
      software = value;
      return this;
    }

    /** Sets the labels; default none. */
    public Builder labels(Map<String, String> value) {
      labels = value;
      return this;
    }

    /** Sets the variables; default none. */
    public Builder environment(Map<String, String> value) {
      environment = value;
      return this;
    }

    /** Sets the mounts; default none. */
    public Builder mounts(List<Mount> value) {
      mounts = value;
      return this;
    }

    /** Sets the limits; default {@link Resources#DEFAULT}. */
    public Builder resources(Resources value) {
      resources = value;
      return this;
    }

    /** Sets what may be reached; default {@link NetworkPolicy#NONE}. */
    public Builder network(NetworkPolicy value) {
      network = value;
      return this;
    }

    /** Sets whether routes will be opened for it; default no. */
    public Builder routes(boolean value) {
      routes = value;
      return this;
    }

    /** Sets the user and the group; default root. */
    public Builder user(int userId, int groupId) {
      uid = userId;
      gid = groupId;
      return this;
    }

    /** Returns the description. */
    public MachineSpec build() {
      return new MachineSpec(
          name, image, software, labels, environment, mounts, resources, network, routes, uid, gid);
    }
  }
}
