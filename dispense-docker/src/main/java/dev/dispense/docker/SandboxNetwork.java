package dev.dispense.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network;
import dev.dispense.DispenseException;
import dev.dispense.UnavailableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one bridge network of all sandboxes that may reach the Internet. Its containers cannot reach
 * each other. A network for each sandbox would exhaust the engine's address pools at about thirty.
 */
final class SandboxNetwork {
  /** The network's name. */
  static final String NAME = "dispense";

  // Names of networks are not unique and CheckDuplicate is best effort (API documentation), but the
  // bridge driver refuses a second network on a bridge of the same name. So of several processes
  // that create the network at once, one succeeds.
  private static final String BRIDGE = "dispense0";
  private static final Map<String, String> OPTIONS =
      Map.of(
          "com.docker.network.bridge.name",
          BRIDGE,
          "com.docker.network.bridge.enable_icc",
          "false");
  private static final Map<String, String> LABELS = Map.of("dev.dispense", "true");
  private static final int ATTEMPTS = 50;
  private static final long PAUSE_MILLIS = 100;

  private final Engine engine;

  SandboxNetwork(Engine engine) {
    this.engine = engine;
  }

  /** Returns the network, created when it is missing. */
  Network ensure() {
    String doing = "create the network '" + NAME + "' for sandboxes";
    DockerException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<Network> found = engine.call(doing, SandboxNetwork::find);
      if (found.isPresent()) {
        return checked(found.get());
      }
      Optional<DockerException> refusal = engine.settle(doing, SandboxNetwork::create);
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

  /** Returns the address of this machine in the network, as native engines have it. */
  static Optional<String> gateway(Network network) {
    return network.getIpam().getConfig().stream()
        .map(Network.Ipam.Config::getGateway)
        .filter(address -> address != null && address.indexOf(':') < 0)
        .map(address -> address.replaceAll("/.*", ""))
        .findFirst();
  }

  private static Optional<Network> find(DockerClient client) {
    // The filter matches parts of names.
    List<Network> networks = client.listNetworksCmd().withNameFilter(NAME).exec();
    return networks.stream().filter(network -> network.getName().equals(NAME)).findFirst();
  }

  private static Optional<DockerException> create(DockerClient client) {
    try {
      client
          .createNetworkCmd()
          .withName(NAME)
          .withDriver("bridge")
          .withCheckDuplicate(true)
          .withOptions(OPTIONS)
          .withLabels(LABELS)
          .exec();
      return Optional.empty();
    } catch (DockerException e) {
      return Optional.of(e);
    }
  }

  private static Network checked(Network network) {
    Map<String, String> options = network.getOptions();
    if (options == null || !"false".equals(options.get("com.docker.network.bridge.enable_icc"))) {
      throw new UnavailableException(
          "Tried to use the network '"
              + NAME
              + "' but failed because it was not made by Dispense:"
              + " sandboxes in it could reach each other. Remove it with 'docker network rm "
              + NAME
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
