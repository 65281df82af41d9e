package dev.dispense.docker.gateway;

import com.github.dockerjava.api.model.Container;
import dev.dispense.docker.engine.Engine;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the seats away whose sandboxes are gone. */
final class GatewaySweep {
  private static final Logger LOG = LoggerFactory.getLogger(GatewaySweep.class);

  private final Engine engine;

  GatewaySweep(Engine engine) {
    this.engine = engine;
  }

  /**
   * @param id the gateway
   * @param directory its files, which nobody else changes meanwhile
   */
  void run(String id, GatewayDirectory directory) {
    // Before the engine is asked: whose creation ends in between has a container, or is no more.
    List<Integer> settled =
        directory.numbers().stream().filter(number -> !directory.isBeingCreated(number)).toList();
    Set<Integer> used = used(id, directory);
    for (int number : settled) {
      if (!used.contains(number)) {
        LOG.debug("The sandbox {} of the gateway is gone", number);
        directory.remove(number);
      }
    }
  }

  /** Returns the numbers of the sandboxes that there are. */
  private Set<Integer> used(String id, GatewayDirectory directory) {
    List<Container> containers =
        engine.call(
            "list the sandboxes of the gateway",
            client ->
                client
                    .listContainersCmd()
                    .withShowAll(true)
                    .withLabelFilter(List.of(GatewaySlot.LABEL))
                    .exec());
    return containers.stream()
        .flatMap(
            container ->
                GatewaySlot.parse(container.getLabels().get(GatewaySlot.LABEL))
                    .filter(seat -> seat.id().equals(id) && mounts(container, directory, seat))
                    .stream())
        .map(GatewaySlot::number)
        .collect(Collectors.toSet());
  }

  /** Whether it is of this state directory: another one has a gateway of the same release. */
  private static boolean mounts(Container container, GatewayDirectory directory, GatewaySlot seat) {
    // The engine may see the files of this machine below some directory.
    String sockets = directory.sockets(seat.number()).toString();
    return container.getMounts().stream()
        .anyMatch(mount -> String.valueOf(mount.getSource()).endsWith(sockets));
  }
}
