package dev.dispense.docker.container;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotModifiedException;
import dev.dispense.SandboxName;
import dev.dispense.docker.engine.ContainerNames;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.network.BridgeNetwork;
import dev.dispense.docker.network.LostMounts;
import java.time.Duration;

/** Starts, stops and renames sandboxes that are there. */
public final class SandboxLifecycle {
  private final Engine engine;
  private final BridgeNetwork network;

  public SandboxLifecycle(Engine engine, BridgeNetwork network) {
    this.engine = engine;
    this.network = network;
  }

  /** Starts one that is stopped or paused. */
  public void start(InspectContainerResponse container) {
    if (Boolean.TRUE.equals(container.getState().getPaused())) {
      resume(container);
    } else if (!Boolean.TRUE.equals(container.getState().getRunning())) {
      if (BridgeNetwork.NAME.equals(container.getHostConfig().getNetworkMode())) {
        // 'docker network prune' removes the network of sandboxes that are all stopped.
        network.ensure();
      }
      LostMounts.check(engine, container.getId());
      start(container.getId());
    }
  }

  /** Starts one that was just created. */
  public void start(String id) {
    engine.call(
        "start the sandbox",
        client -> {
          try {
            return client.startContainerCmd(id).exec();
          } catch (NotModifiedException e) {
            return null;
          }
        });
  }

  private void resume(InspectContainerResponse container) {
    engine.call(
        "resume the sandbox", client -> client.unpauseContainerCmd(container.getId()).exec());
  }

  /** Stops one; its processes have that long to end by themselves, rounded up to seconds. */
  public void stop(InspectContainerResponse container, Duration grace) {
    if (Boolean.TRUE.equals(container.getState().getPaused())) {
      resume(container);
    }
    int seconds = (int) Math.min(Integer.MAX_VALUE, grace.plusNanos(999_999_999).toSeconds());
    engine.call(
        "stop the sandbox",
        client -> {
          try {
            return client.stopContainerCmd(container.getId()).withTimeout(seconds).exec();
          } catch (NotModifiedException e) {
            return null;
          }
        });
  }

  /** Gives one another name. */
  public void rename(InspectContainerResponse container, SandboxName name) {
    engine.settle(
        "rename the sandbox to '" + name + "'",
        client -> {
          try {
            return client
                .renameContainerCmd(container.getId())
                .withName(ContainerNames.of(name))
                .exec();
          } catch (ConflictException e) {
            throw SandboxContainer.taken(name);
          }
        });
  }
}
