package dev.dispense.docker.network;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network;
import dev.dispense.DispenseException;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.ContainerNames;
import dev.dispense.docker.engine.Endpoint;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.engine.EngineFailure;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one bridge network of all sandboxes that may reach the Internet. Its containers cannot reach
 * each other. A network for each sandbox would exhaust the engine's address pools at about thirty.
 */
public final class BridgeNetwork {
  /** The network's name. */
  public static final String NAME = "dispense";

  /** The name of the network of gateways. */
  public static final String GATEWAY = "dispense-gateway";

  private static final String BRIDGE = "dispense0";
  private static final String GATEWAY_BRIDGE = "dispense1";
  private static final String ICC = "com.docker.network.bridge.enable_icc";
  private static final Map<String, String> LABELS = Map.of("dev.dispense", "true");
  private static final Pattern SUBNET = Pattern.compile("((?:\\d+\\.){3})(\\d+)/\\d+");
  private static final int ATTEMPTS = 50;
  private static final long PAUSE_MILLIS = 100;

  private final Engine engine;
  private final String name;
  private final String bridge;

  public BridgeNetwork(Engine engine) {
    this(engine, NAME, BRIDGE);
  }

  /** Returns the network of gateways. */
  public static BridgeNetwork ofGateway(Engine engine) {
    return new BridgeNetwork(engine, GATEWAY, GATEWAY_BRIDGE);
  }

  /** Makes a network of another name, which only tests do. */
  BridgeNetwork(Engine engine, String name, String bridge) {
    this.engine = engine;
    this.name = name;
    this.bridge = bridge;
  }

  /** Returns the network, created when it is missing. */
  public Network ensure() {
    String doing = "create the network '" + name + "'";
    DockerException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<Network> found = engine.call(doing, this::find);
      if (found.isPresent()) {
        return checked(found.get());
      }
      Optional<DockerException> refusal = engine.settle(doing, this::create);
      if (refusal.isEmpty()) {
        continue;
      }
      last = refusal.get();
      pause(doing);
    }
    throw new UnavailableException(
        "Tried to "
            + doing
            + " but failed because "
            + (last == null ? "it vanishes as soon as it is made." : EngineFailure.reason(last))
            + " See what 'docker network create' says; 'docker network prune' removes networks that"
            + " nothing uses.",
        last);
  }

  /**
   * Returns the name by which a container of the network reaches a host: this machine is somewhere
   * else for it.
   */
  public String address(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean isThisMachine =
        lower.equals("localhost")
            || lower.endsWith(".localhost")
            || lower.equals("[::1]")
            || lower.equals("0.0.0.0")
            || lower.matches("127\\.[0-9.]+")
            || lower.equals(ContainerNames.HOST_ADDRESS);
    return isThisMachine ? gateway(ensure()).orElse(lower) : name;
  }

  /** Returns the address of this machine in the network, as native engines have it. */
  static Optional<String> gateway(Network network) {
    return network.getIpam().getConfig().stream()
        .flatMap(config -> gateway(config.getGateway(), config.getSubnet()).stream())
        .findFirst();
  }

  /**
   * Returns the gateway of a subnet of IPv4: its first address where the engine reports none, as it
   * does of its default bridge when it is started for the first time.
   */
  static Optional<String> gateway(@Nullable String reported, @Nullable String subnet) {
    if (reported != null && !reported.isEmpty()) {
      return Optional.of(reported.replaceAll("/.*", "")).filter(it -> it.indexOf(':') < 0);
    }
    Matcher matcher = SUBNET.matcher(subnet == null ? "" : subnet);
    return matcher.matches()
        ? Optional.of(matcher.group(1) + (Integer.parseInt(matcher.group(2)) + 1))
        : Optional.empty();
  }

  /**
   * Returns what makes {@value ContainerNames#HOST_ADDRESS} lead to this machine in a network,
   * where the engine does not.
   */
  public static Optional<String> extraHost(Engine engine, Network network) {
    String system = String.valueOf(engine.info().getOperatingSystem());
    if (!(engine.endpoint() instanceof Endpoint.UnixSocket socket)
        || system.contains("Docker Desktop")) {
      return Optional.empty();
    }
    Optional<String> address =
        socket.isInVirtualMachine() ? Optional.of("host-gateway") : gateway(network);
    return address.map(it -> ContainerNames.HOST_ADDRESS + ":" + it);
  }

  private Optional<Network> find(DockerClient client) {
    // The filter matches parts of names.
    List<Network> networks = client.listNetworksCmd().withNameFilter(name).exec();
    return networks.stream().filter(network -> network.getName().equals(name)).findFirst();
  }

  private Optional<DockerException> create(DockerClient client) {
    try {
      client
          .createNetworkCmd()
          .withName(name)
          .withDriver("bridge")
          .withCheckDuplicate(true)
          // Names of networks are not unique and CheckDuplicate is best effort (Engine API, "Create
          // a network"), but the bridge driver refuses a second network on a bridge of the same
          // name. So of several processes that create the network at once, one succeeds.
          .withOptions(Map.of("com.docker.network.bridge.name", bridge, ICC, "false"))
          .withLabels(LABELS)
          .exec();
      return Optional.empty();
    } catch (DockerException e) {
      return Optional.of(e);
    }
  }

  private Network checked(Network network) {
    Map<String, String> options = network.getOptions();
    if (options == null || !"false".equals(options.get(ICC))) {
      throw new UnavailableException(
          "Tried to use the network '"
              + name
              + "' but failed because it was not made by Dispense:"
              + " sandboxes in it could reach each other. Remove it with 'docker network rm "
              + name
              + "' and try again.");
    }
    return network;
  }

  private static void pause(String doing) {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("trying to " + doing, e);
    }
  }
}
