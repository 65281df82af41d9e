package dev.dispense.docker;

import com.github.dockerjava.api.command.InspectImageResponse;
import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.Diagnosis;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.NotFoundException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.docker.container.PortRelay;
import dev.dispense.docker.container.RelayPrograms;
import dev.dispense.docker.container.SandboxContainer;
import dev.dispense.docker.container.SandboxFiles;
import dev.dispense.docker.container.SandboxLifecycle;
import dev.dispense.docker.engine.ContainerNames;
import dev.dispense.docker.engine.ContainerRemoval;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.exec.Exec;
import dev.dispense.docker.gateway.GatewayProxy;
import dev.dispense.docker.gateway.GatewaySlot;
import dev.dispense.docker.gateway.SandboxGateway;
import dev.dispense.docker.host.HostEnvironment;
import dev.dispense.docker.host.Layout;
import dev.dispense.docker.host.Owner;
import dev.dispense.docker.image.DefaultImage;
import dev.dispense.docker.image.ImageBuilder;
import dev.dispense.docker.image.Images;
import dev.dispense.docker.network.BridgeNetwork;
import dev.dispense.docker.network.ContainerSummary;
import dev.dispense.spi.Gateways;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.spi.Software;
import dev.dispense.support.RunBoth;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sandboxes that are containers of one engine. */
public final class DockerProvider implements SandboxProvider {
  private final Engine engine;
  private final Environment host;
  private final Images images;
  private final DefaultImage defaultImage;
  private final BridgeNetwork network;
  private final SandboxLookup lookup;
  private final SandboxGateway gateway;
  private final DockerGateways gateways;
  private final SandboxContainer containers;
  private final SandboxFiles files;
  private final ContainerRemoval removal;
  private final SandboxLifecycle lifecycle;

  public DockerProvider(Environment host, Engine engine) {
    this.host = host;
    this.engine = engine;
    this.images = new Images(engine);
    this.network = new BridgeNetwork(engine);
    this.defaultImage = new DefaultImage(host, new ImageBuilder(host, engine, images, network));
    this.lookup = new SandboxLookup(engine);
    this.gateway = new SandboxGateway(host, engine, images);
    this.gateways = new DockerGateways(engine, lookup, gateway);
    this.containers = new SandboxContainer(host, engine);
    this.files = new SandboxFiles(engine);
    this.removal = new ContainerRemoval(engine);
    this.lifecycle = new SandboxLifecycle(engine, network);
  }

  @Override
  public Set<Capability> capabilities() {
    Set<Capability> capabilities =
        EnumSet.of(
            Capability.STOP_START,
            Capability.EXPIRY,
            Capability.RENAME,
            Capability.PORT_FORWARDING,
            Capability.NETWORK_NONE,
            Capability.RESOURCE_LIMITS,
            Capability.ISOLATION);
    if (engine.endpoint().isLocal()) {
      capabilities.add(Capability.BIND_MOUNTS);
      capabilities.add(Capability.NETWORK_ALLOW);
      capabilities.add(Capability.ROUTES);
    }
    return capabilities;
  }

  @Override
  public SandboxLayout layout(SandboxName name) {
    return Layout.PATHS;
  }

  @Override
  public Optional<String> hostAddress() {
    return SandboxContainer.hostAddress(engine.endpoint());
  }

  @Override
  public boolean preinstalls() {
    return true;
  }

  @Override
  public Machine create(MachineSpec spec, Progress.Listener progress) {
    refuseWhatTheEngineCannot(spec);
    String reference = spec.image().orElseGet(() -> defaultImage.ensure(spec, progress));
    InspectImageResponse image =
        images.ensure(
            reference,
            "Pull it with 'docker pull' where a registry can be reached, load it with 'docker"
                + " load', or choose another image.",
            progress);
    if (!SandboxGateway.isNeeded(spec.network(), spec.routes()) || !engine.endpoint().isLocal()) {
      return create(spec, reference, image, Optional.empty(), progress);
    }
    GatewaySlot seat = gateway.open(Mirrors.of(host).addTo(spec.network()), progress);
    AtomicReference<@Nullable Machine> made = new AtomicReference<>();
    try {
      return RunBoth.run(
          () -> {
            Machine machine = create(spec, reference, image, Optional.of(seat), progress);
            made.set(machine);
            return machine;
          },
          () -> gateway.serve(seat));
    } catch (RuntimeException | Error e) {
      Machine machine = made.get();
      if (machine != null) {
        undo(e, () -> removal.remove(machine.id()));
      }
      undo(e, () -> gateway.close(seat));
      throw e;
    }
  }

  private void refuseWhatTheEngineCannot(MachineSpec spec) {
    if (!spec.mounts().isEmpty() && !engine.endpoint().isLocal()) {
      throw new RefusedException(
          "Refused to mount "
              + spec.mounts().get(0).host()
              + " because the engine at "
              + engine.endpoint().uri()
              + " does not see the files of this machine.");
    }
    if (spec.network() instanceof NetworkPolicy.Allow && !engine.endpoint().isLocal()) {
      throw new RefusedException(
          "Refused to create the sandbox because the docker provider cannot restrict it to named"
              + " hosts on an engine of another machine ("
              + engine.endpoint().uri()
              + "), which does not see the gateway's files. Use the network policy 'open' or"
              + " 'none'.");
    }
  }

  private Machine create(
      MachineSpec spec,
      String reference,
      InspectImageResponse image,
      Optional<GatewaySlot> seat,
      Progress.Listener progress) {
    progress.onProgress(Progress.of("Creating container"));
    SandboxContainer.Surroundings around = surroundings(spec, seat);
    String id = containers.create(spec, reference, image, around, progress);
    try {
      host.step("container created");
      seat.ifPresent(gateway::taken);
      Set<String> mounted =
          spec.mounts().stream().map(mount -> mount.path()).collect(Collectors.toSet());
      files.prepare(
          id,
          new Owner(spec.uid(), spec.gid()),
          mounted,
          new HostEnvironment(host).certificates(),
          settings(spec.network()));
      host.step("container filled");
      progress.onProgress(Progress.of("Starting container"));
      lifecycle.start(id);
      host.step("container started");
      if (seat.isPresent() && spec.image().isPresent()) {
        RelayPrograms.require(engine, id, reference);
      }
    } catch (RuntimeException | Error e) {
      undo(e, () -> removal.remove(id));
      throw e;
    }
    return new Machine(id, spec.name(), SandboxInfo.State.RUNNING, reference, spec.labels());
  }

  private Map<String, String> settings(NetworkPolicy policy) {
    Map<String, String> settings = new TreeMap<>(GatewayProxy.settings(policy));
    settings.putAll(Mirrors.of(host).settings(policy));
    return settings;
  }

  private SandboxContainer.Surroundings surroundings(MachineSpec spec, Optional<GatewaySlot> seat) {
    boolean isOpen = spec.network() instanceof NetworkPolicy.Open;
    return new SandboxContainer.Surroundings(
        isOpen ? Optional.of(network.ensure()) : Optional.empty(), seat, seat.map(gateway::mount));
  }

  private static void undo(Throwable failure, Runnable undoing) {
    try {
      undoing.run();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public List<Machine> list() {
    return machines("list the sandboxes", "");
  }

  @Override
  public Optional<Machine> find(SandboxName name) {
    // The filter is a regular expression; the name has nothing that means more.
    String filter = ",\"name\":[\"^/" + ContainerNames.of(name) + "$\"]";
    return machines("find the sandbox '" + name + "'", filter).stream().findFirst();
  }

  /**
   * @param filter a further filter, as the rest of a JSON object
   */
  private List<Machine> machines(String doing, String filter) {
    String filters = "{\"label\":[\"" + ContainerNames.NAME_LABEL + "\"]" + filter + "}";
    String path =
        "/containers/json?all=1&filters=" + URLEncoder.encode(filters, StandardCharsets.UTF_8);
    return engine.get(doing, path, ContainerSummary::readAll).stream()
        .map(SandboxContainer::machine)
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public int exec(String machineId, Command command, Streams streams) {
    return Exec.run(engine, SandboxLookup.whole(machineId), command, streams);
  }

  @Override
  public void upload(String machineId, String directory, InputStream tar) {
    files.upload(SandboxLookup.whole(machineId), directory, tar);
  }

  @Override
  public InputStream download(String machineId, String path) {
    return files.download(SandboxLookup.whole(machineId), path);
  }

  @Override
  public void start(String machineId) {
    lifecycle.start(lookup.sandbox("start", machineId));
  }

  @Override
  public void stop(String machineId, Duration grace) {
    lifecycle.stop(lookup.sandbox("stop", machineId), grace);
  }

  @Override
  public void expireAfter(String machineId, Duration time) {
    lifecycle.expireAfter(lookup.sandbox("renew", machineId), time);
  }

  @Override
  public void rename(String machineId, SandboxName name) {
    lifecycle.rename(lookup.sandbox("rename", machineId), name);
  }

  @Override
  public void delete(String machineId) {
    Optional<GatewaySlot> seat;
    try {
      seat = DockerGateways.seat(lookup.sandbox("delete", machineId));
    } catch (NotFoundException e) {
      gateway.sweep(); // of what removed the container, nobody else knows that it had a seat
      return;
    }
    removal.remove(machineId);
    if (seat.isPresent()) {
      host.step("container deleted");
      gateway.close(seat.get());
    }
  }

  @Override
  public NetworkPolicy defaultNetwork() {
    return engine.endpoint().isLocal() ? NetworkPolicy.STARTER : NetworkPolicy.OPEN;
  }

  @Override
  public Optional<Gateways> gateways() {
    return Optional.of(gateways);
  }

  @Override
  public List<Diagnosis.Finding> diagnose(String subject, List<Software> software) {
    return new EngineFindings(host, engine, images, defaultImage, subject).all(software);
  }

  @Override
  public void cleanUpOrphans() {
    gateway.sweep();
  }

  @Override
  public void connect(String machineId, int port, InputStream in, OutputStream out) {
    PortRelay.run(engine, SandboxLookup.whole(machineId), port, in, out);
  }

  @Override
  public void close() {
    engine.close();
  }
}
