package dev.dispense.docker.exec;

import com.github.dockerjava.api.exception.DockerException;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.Engine;
import dev.dispense.support.ShellScript;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills a command and all that it started, daemons included. The engine has no call for that: it
 * kills containers only. So each command is started with a mark in its environment, which its
 * children inherit, and a second command looks for it.
 */
final class ProcessTree {
  /** What a message adds when processes may be left. */
  static final String NOT_KILLED =
      ", but some of its processes may still run: stop or delete the sandbox to be sure";

  private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
  private static final String SCRIPT = ShellScript.killTree();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private ProcessTree() {}

  /**
   * Ends all processes with a mark, first by TERM and then by KILL.
   *
   * @param user whom the processes belong to; no one else may signal them, root neither, which has
   *     no capabilities in a sandbox
   * @return whether none is left
   */
  static boolean kill(Engine engine, String machineId, String mark, Optional<String> user) {
    Command kill =
        Command.of(List.of("sh", "-c", SCRIPT, "sh", ShellScript.MARK + "=" + mark))
            .in("/")
            .within(LIMIT);
    OutputStream nowhere = OutputStream.nullOutputStream();
    try {
      return Exec.runUnkilled(
              engine, machineId, user.map(kill::as).orElse(kill), Streams.of(nowhere, nowhere))
          == 0;
    } catch (NotFoundException e) {
      return true;
    } catch (DispenseException e) {
      if (e instanceof UnavailableException && e.getCause() instanceof DockerException) {
        // The engine says that the container has stopped, and its processes with it.
        return true;
      }
      // Whoever asked says so.
      LOG.debug("Could not kill what runs with {}={} in {}", ShellScript.MARK, mark, machineId, e);
      return false;
    }
  }
}
