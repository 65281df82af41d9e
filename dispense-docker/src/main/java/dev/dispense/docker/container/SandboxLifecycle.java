package dev.dispense.docker.container;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.dispense.Command;
import dev.dispense.PrintableText;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.ContainerNames;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.exec.Exec;
import dev.dispense.docker.host.Scripts;
import dev.dispense.docker.network.BridgeNetwork;
import dev.dispense.docker.network.LostMounts;
import dev.dispense.support.BoundedOutput;
import dev.dispense.support.ShellScript;
import java.io.OutputStream;
import java.time.Duration;

/** Starts, stops and renames sandboxes that are there. */
public final class SandboxLifecycle {
  private static final Duration EXPIRY_LIMIT = Duration.ofSeconds(60);
  private static final int MAX_COMPLAINT = 200;

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

  /**
   * Lets one stop by itself: its main process ends when nobody has called this again for so long.
   * From then on the engine does not start it again by itself after that process has ended well.
   */
  public void expireAfter(InspectContainerResponse container, Duration time) {
    RestartPolicy policy = RestartPolicy.onFailureRestart(0);
    if (!policy.equals(container.getHostConfig().getRestartPolicy())) {
      engine.call(
          "let the sandbox stop by itself",
          client -> client.updateContainerCmd(container.getId()).withRestartPolicy(policy).exec());
    }
    long seconds = time.plusNanos(999_999_999).toSeconds();
    String script = ShellScript.read(Scripts.class, "/dev/dispense/docker/expire.sh");
    Command command =
        Command.of("sh", "-c", script, "sh", Long.toString(seconds)).in("/").within(EXPIRY_LIMIT);
    BoundedOutput errors = BoundedOutput.cutAt(MAX_COMPLAINT);
    int code =
        Exec.run(
            engine,
            container.getId(),
            command,
            Streams.of(OutputStream.nullOutputStream(), errors));
    if (code != 0) {
      throw new UnavailableException(
          "Tried to let the sandbox stop by itself but failed: "
              + PrintableText.printable(errors.toString(), MAX_COMPLAINT));
    }
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
