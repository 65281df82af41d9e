package dev.dispense.docker.container;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.CreateContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.model.BindOptions;
import com.github.dockerjava.api.model.BindPropagation;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Ulimit;
import dev.dispense.Environment;
import dev.dispense.NameTakenException;
import dev.dispense.NetworkPolicy;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.docker.engine.ContainerNames;
import dev.dispense.docker.engine.Endpoint;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.gateway.GatewayProxy;
import dev.dispense.docker.gateway.GatewaySlot;
import dev.dispense.docker.gateway.SandboxGateway;
import dev.dispense.docker.host.HostEnvironment;
import dev.dispense.docker.host.Layout;
import dev.dispense.docker.host.Scripts;
import dev.dispense.docker.network.BridgeNetwork;
import dev.dispense.docker.network.ContainerSummary;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.support.ShellScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Says how a sandbox is a container: what it is made with, and what is read back from it. */
public final class SandboxContainer {
  private static final String LABEL_PREFIX = "dev.dispense.";
  private static final String PREPARED_LABEL = "dev.dispense.prepared";
  private static final String NAME_PREFIX = "/" + ContainerNames.PREFIX;
  private static final String NEUTRAL_HOST_NAME = "sandbox";

  private static final double NANO = 1e9;
  // A core file has the agent's key in it. Of one byte rather than of none: then the kernel also
  // starts no program of the host that takes cores, to which a limit of 0 does not apply: core(5).
  private static final Ulimit NO_CORE = new Ulimit("core", 1L, 1L);

  private final Engine engine;
  private final HostEnvironment surroundings;

  public SandboxContainer(Environment host, Engine engine) {
    this.engine = engine;
    this.surroundings = new HostEnvironment(host);
  }

  /** Returns the name by which a sandbox reaches this machine. */
  public static Optional<String> hostAddress(Endpoint endpoint) {
    return endpoint.isLocal() ? Optional.of(ContainerNames.HOST_ADDRESS) : Optional.empty();
  }

  /** Returns the sandbox that a container is, if it is one. */
  public static Optional<Machine> machine(ContainerSummary container) {
    Map<String, String> ours = new TreeMap<>(container.labels());
    ours.keySet()
        .removeIf(key -> !key.startsWith(LABEL_PREFIX) || key.equals(ContainerNames.NAME_LABEL));
    return name(container.labels(), container.names())
        .map(
            name ->
                new Machine(
                    container.id(), name, state(container.state()), container.image(), ours));
  }

  /** Returns whether a container is a sandbox. */
  public static boolean isSandbox(InspectContainerResponse container) {
    Map<String, String> labels = container.getConfig().getLabels();
    return labels != null && name(labels, List.of(container.getName())).isPresent();
  }

  // An image can have any label; only the name of a container is unique. Labels stay when a
  // container is renamed, which happens to those that were prepared beforehand.
  private static Optional<SandboxName> name(Map<String, String> labels, List<String> names) {
    String label = labels.getOrDefault(ContainerNames.NAME_LABEL, "");
    boolean prepared = !label.isEmpty() && label.equals(labels.get(PREPARED_LABEL));
    return names.stream()
        .filter(name -> name.startsWith(NAME_PREFIX))
        .map(name -> name.substring(NAME_PREFIX.length()))
        .filter(name -> prepared || name.equals(label))
        .filter(SandboxName::isValid)
        .map(SandboxName::new)
        .findFirst();
  }

  /** Returns what an engine's word for a container's state means. */
  public static SandboxInfo.State state(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "running" -> SandboxInfo.State.RUNNING;
      case "exited", "paused" -> SandboxInfo.State.STOPPED;
      case "created", "restarting", "removing" -> SandboxInfo.State.PENDING;
      default -> SandboxInfo.State.ERROR;
    };
  }

  /**
   * What a sandbox reaches.
   *
   * @param network the network of all sandboxes, when the policy wants it
   * @param seat its place at the gateway, when it has one
   * @param sockets what is mounted for that
   */
  public record Surroundings(
      Optional<Network> network,
      Optional<GatewaySlot> seat,
      Optional<dev.dispense.spi.Mount> sockets) {}

  /** Creates the container and returns its id; does not start it. */
  public String create(
      MachineSpec spec,
      String reference,
      InspectImageResponse image,
      Surroundings around,
      Progress.Listener progress) {
    refuseReservedLabels(image, reference);
    HostConfig hostConfig = hostConfig(spec, around);
    List<String> environment = environment(spec, image, around);
    Map<String, String> labels = new TreeMap<>(spec.labels());
    labels.put(ContainerNames.NAME_LABEL, spec.name().value());
    // In any case: an image can have any label.
    labels.put(GatewaySlot.LABEL, around.seat().map(GatewaySlot::label).orElse(""));
    if (around.network().isPresent()) {
      surroundings.notices().forEach(progress::onNotice);
    }
    CreateContainerResponse response =
        engine.settle(
            "create the sandbox '" + spec.name() + "'",
            client -> {
              CreateContainerCmd create =
                  client
                      .createContainerCmd(reference)
                      .withName(ContainerNames.of(spec.name()))
                      .withHostName(hostName(spec))
                      .withLabels(labels)
                      .withUser(spec.uid() + ":" + spec.gid())
                      .withWorkingDir(Layout.PATHS.workspace())
                      .withEnv(environment)
                      .withEntrypoint(
                          "sh",
                          "-c",
                          ShellScript.read(Scripts.class, "/dev/dispense/docker/main.sh"))
                      .withCmd(relays(spec, around))
                      .withHostConfig(hostConfig);
              try {
                return create.exec();
              } catch (ConflictException e) {
                throw taken(spec.name());
              }
            });
    refuseDiscardedLimits(response, progress);
    return response.getId();
  }

  /** Returns which ports of the loopback lead to which sockets of the gateway. */
  private static List<String> relays(MachineSpec spec, Surroundings around) {
    List<String> relays = new ArrayList<>(List.of("main.sh"));
    if (around.seat().isPresent()) {
      relays.add(SandboxGateway.ACCESS.port() + "=" + SandboxGateway.ACCESS.socket());
      if (spec.network() instanceof NetworkPolicy.Allow) {
        relays.add(SandboxGateway.PROXY_PORT + "=" + SandboxGateway.PLACE + "/proxy.sock");
      }
    }
    return relays;
  }

  // It cannot be changed when the container gets another name.
  private static String hostName(MachineSpec spec) {
    return spec.labels().containsKey(PREPARED_LABEL) ? NEUTRAL_HOST_NAME : spec.name().value();
  }

  /** Returns the exception for a name that a container has already. */
  static NameTakenException taken(SandboxName name) {
    return new NameTakenException(
        "Tried to create the sandbox '"
            + name
            + "' but failed because the container "
            + ContainerNames.of(name)
            + " exists already. Choose another name, or delete that sandbox.");
  }

  private HostConfig hostConfig(MachineSpec spec, Surroundings around) {
    Stream<dev.dispense.spi.Mount> mounts =
        Stream.concat(spec.mounts().stream(), around.sockets().stream());
    int cpus = engine.info().getNCPU() == null ? Integer.MAX_VALUE : engine.info().getNCPU();
    HostConfig config =
        HostConfig.newHostConfig()
            .withInit(true)
            .withRestartPolicy(RestartPolicy.unlessStoppedRestart())
            .withCapDrop(Capability.ALL)
            .withSecurityOpts(List.of("no-new-privileges"))
            .withNanoCPUs((long) (Math.min(spec.resources().cpus(), cpus) * NANO))
            .withMemory(spec.resources().memoryBytes())
            .withMemorySwap(spec.resources().memoryBytes())
            .withPidsLimit((long) spec.resources().processes())
            .withUlimits(List.of(NO_CORE))
            .withMounts(mounts.map(SandboxContainer::mount).toList())
            .withTmpFs(
                Map.of(
                    Layout.PATHS.secrets(),
                    "rw,noexec,nosuid,nodev,size=64m,mode=0700,uid="
                        + spec.uid()
                        + ",gid="
                        + spec.gid()))
            .withNetworkMode(around.network().isPresent() ? BridgeNetwork.NAME : "none");
    around
        .network()
        .flatMap(it -> BridgeNetwork.extraHost(engine, it))
        .ifPresent(config::withExtraHosts);
    return config;
  }

  private static Mount mount(dev.dispense.spi.Mount mount) {
    return new Mount()
        .withType(MountType.BIND)
        .withSource(mount.host().toString())
        .withTarget(mount.path())
        .withReadOnly(mount.readOnly())
        .withBindOptions(new BindOptions().withPropagation(BindPropagation.PRIVATE));
  }

  private List<String> environment(
      MachineSpec spec, InspectImageResponse image, Surroundings around) {
    String[] own = image.getConfig() == null ? null : image.getConfig().getEnv();
    Map<String, String> environment = new TreeMap<>();
    environment.put("HOME", Layout.PATHS.home());
    if (surroundings.certificates().isPresent()) {
      environment.putAll(HostEnvironment.trusting(Layout.CERTIFICATES));
    }
    if (around.network().isPresent()) {
      environment.putAll(surroundings.proxies());
    } else if (around.seat().isPresent()) {
      environment.putAll(GatewayProxy.environment(spec.network()));
    }
    environment.putAll(spec.environment());
    environment.put("PATH", Layout.searchPath(spec, own == null ? List.of() : List.of(own)));
    List<String> list = new ArrayList<>();
    environment.forEach((name, value) -> list.add(name + "=" + value));
    return list;
  }

  private static void refuseReservedLabels(InspectImageResponse image, String reference) {
    Map<String, String> labels = image.getConfig() == null ? null : image.getConfig().getLabels();
    if (labels != null && labels.keySet().stream().anyMatch(key -> key.startsWith(LABEL_PREFIX))) {
      throw new RefusedException(
          "Refused to use the image "
              + PrintableText.printable(reference, 200)
              + " because it has labels"
              + " that begin with "
              + LABEL_PREFIX
              + ", which would pass for Dispense's own. Build"
              + " it without them.");
    }
  }

  /** Removes what was created and refuses when the engine cannot apply the limits. */
  private void refuseDiscardedLimits(CreateContainerResponse response, Progress.Listener progress) {
    String[] warnings = response.getWarnings() == null ? new String[0] : response.getWarnings();
    for (String warning : warnings) {
      String shown = PrintableText.printable(warning, 500);
      if (warning.toLowerCase(Locale.ROOT).contains("discarded")) {
        engine.settle(
            "remove what could not be limited",
            client -> client.removeContainerCmd(response.getId()).withForce(true).exec());
        throw new RefusedException(
            "Refused to create the sandbox because the engine cannot apply its limits: "
                + shown
                + " See https://docs.docker.com/engine/security/rootless/ about limits of rootless"
                + " engines.");
      }
      progress.onNotice("The engine warns: " + shown);
    }
  }
}
