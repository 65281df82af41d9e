package dev.dispense.docker.gateway;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.BindOptions;
import com.github.dockerjava.api.model.BindPropagation;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.dispense.Command;
import dev.dispense.PrintableText;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.ContainerRemoval;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.exec.Exec;
import dev.dispense.docker.host.Owner;
import dev.dispense.docker.image.ImageDefinition;
import dev.dispense.docker.network.BridgeNetwork;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The container of one gateway. It has a network, no capabilities and no file but those of its
 * directory; the engine starts it again when it ends, and it needs no client.
 */
final class GatewayContainer {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayContainer.class);
  private static final String NAME_PREFIX = "dispense-gateway-";
  private static final int NAME_DIGITS = 12;
  private static final Map<String, String> LABELS = Map.of("dev.dispense", "true");
  private static final long MEMORY = 512L << 20;
  private static final long PROCESSES = 512;
  private static final Duration APPLY_LIMIT = Duration.ofSeconds(60);
  private static final int MAX_COMPLAINT = 2000;

  private final Engine engine;
  private final BridgeNetwork network;
  private final ContainerRemoval removal;
  private final GatewayDirectory directory;
  private final String name;

  GatewayContainer(Engine engine, BridgeNetwork network, GatewayDirectory directory) {
    this.engine = engine;
    this.network = network;
    this.removal = new ContainerRemoval(engine);
    this.directory = directory;
    String hash = ImageDefinition.hash(List.of(directory.root().toString()));
    this.name = NAME_PREFIX + hash.substring(0, NAME_DIGITS);
  }

  /** Returns its name, which tells it from the gateways of other users and releases. */
  String name() {
    return name;
  }

  /** Returns whether it runs. */
  boolean isRunning() {
    return find().filter(GatewayContainer::isRunning).isPresent();
  }

  private static boolean isRunning(InspectContainerResponse container) {
    return Boolean.TRUE.equals(container.getState().getRunning())
        && !Boolean.TRUE.equals(container.getState().getPaused());
  }

  private Optional<InspectContainerResponse> find() {
    return engine.call(
        "look for the gateway",
        client -> {
          try {
            return Optional.of(client.inspectContainerCmd(name).exec());
          } catch (NotFoundException e) {
            return Optional.empty();
          }
        });
  }

  /**
   * Sees to it that it runs.
   *
   * @param image asked what it is made from, when it is missing
   */
  void run(Supplier<String> image) {
    Optional<InspectContainerResponse> found = find();
    if (found.isEmpty()) {
      start(create(image.get()));
    } else if (Boolean.TRUE.equals(found.get().getState().getPaused())) {
      engine.call("resume the gateway", client -> client.unpauseContainerCmd(name).exec());
    } else if (!isRunning(found.get())) {
      network.ensure();
      start(found.get().getId());
    }
  }

  private String create(String image) {
    Owner owner = directory.owner();
    Network own = network.ensure();
    HostConfig config =
        HostConfig.newHostConfig()
            .withInit(true)
            // An engine that was killed holds all that ran for stopped by hand.
            .withRestartPolicy(RestartPolicy.alwaysRestart())
            .withCapDrop(Capability.ALL)
            .withSecurityOpts(List.of("no-new-privileges"))
            .withReadonlyRootfs(true)
            .withMemory(MEMORY)
            .withPidsLimit(PROCESSES)
            .withTmpFs(Map.of("/tmp", "rw,noexec,nosuid,nodev,size=256m,mode=1777"))
            .withMounts(List.of(mount()))
            .withLogConfig(
                new LogConfig(
                    LogConfig.LoggingType.JSON_FILE, Map.of("max-size", "1m", "max-file", "2")))
            .withNetworkMode(BridgeNetwork.GATEWAY);
    BridgeNetwork.extraHost(engine, own).ifPresent(config::withExtraHosts);
    return engine.settle(
        "create the gateway",
        client -> {
          try {
            return client
                .createContainerCmd(image)
                .withName(name)
                .withHostName("gateway")
                .withLabels(LABELS)
                .withUser(owner.uid() + ":" + owner.gid())
                .withHostConfig(config)
                .exec()
                .getId();
          } catch (ConflictException e) {
            return name; // another client made it just now
          }
        });
  }

  private Mount mount() {
    return new Mount()
        .withType(MountType.BIND)
        .withSource(directory.root().toString())
        .withTarget("/gateway")
        .withBindOptions(new BindOptions().withPropagation(BindPropagation.PRIVATE));
  }

  private void start(String id) {
    engine.call(
        "start the gateway",
        client -> {
          try {
            return client.startContainerCmd(id).exec();
          } catch (NotModifiedException e) {
            return null;
          }
        });
  }

  /** Has it read its configuration anew, and waits until a sandbox is served by a generation. */
  void apply(int number, String generation) {
    ByteArrayOutputStream complaint = new ByteArrayOutputStream();
    int code =
        Exec.run(
            engine,
            name,
            Command.of("sh", "/opt/dispense/gateway/apply.sh", Integer.toString(number), generation)
                .in("/")
                .within(APPLY_LIMIT),
            Streams.of(complaint, complaint));
    if (code != 0) {
      throw new UnavailableException(
          "Tried to configure the gateway but failed because "
              + (code == 1 ? "it refuses what it is to do" : "it does not answer")
              + ": "
              + PrintableText.printable(complaint.toString(StandardCharsets.UTF_8), MAX_COMPLAINT)
              + " See 'docker logs "
              + name
              + "'; it is started anew after 'docker rm -f "
              + name
              + "'. A sandbox with an open network does without it.");
    }
  }

  /** Has it read its configuration anew some time soon, when it runs. */
  void applySoon() {
    if (!isRunning()) {
      return;
    }
    try {
      // A signal by way of the engine would make it one that somebody has stopped, which the engine
      // does not start again.
      int unused =
          Exec.runUnkilled(
              engine,
              name,
              Command.of("sh", "-c", "kill -s HUP \"$(cat /tmp/nginx.pid)\"").in("/"),
              Streams.of(OutputStream.nullOutputStream(), OutputStream.nullOutputStream()));
    } catch (dev.dispense.NotFoundException | UnavailableException e) {
      LOG.debug("The gateway has just ended", e);
    }
  }

  /** Removes it; does nothing when it is not there. */
  void remove() {
    removal.remove(name);
  }
}
