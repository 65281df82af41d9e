package dev.dispense.docker.network;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Mount;
import dev.dispense.DispenseException;
import dev.dispense.SandboxName;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.ContainerNames;
import dev.dispense.docker.engine.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Recognizes a sandbox whose files on this machine somebody moved or deleted. */
public final class LostMounts {
  private LostMounts() {}

  /**
   * Looks for the cause of a failure that the engine can only describe by its symptoms.
   *
   * @throws UnavailableException when a file or directory that is mounted is not there any more
   */
  public static void check(Engine engine, String machineId) {
    if (!engine.endpoint().isLocal()) {
      return;
    }
    InspectContainerResponse container =
        engine.settle(
            "look at the sandbox", client -> client.inspectContainerCmd(machineId).exec());
    List<Mount> mounts = container.getHostConfig().getMounts();
    for (Mount mount : mounts == null ? List.<Mount>of() : mounts) {
      String source = String.valueOf(mount.getSource());
      if (!Files.exists(Path.of(source))) {
        throw lost(source, container);
      }
    }
    // A mount goes on when its source is deleted and made anew, but leads to what was deleted.
  }

  private static UnavailableException lost(String source, InspectContainerResponse container) {
    Map<String, String> labels = container.getConfig().getLabels();
    String name = labels == null ? "" : labels.getOrDefault(ContainerNames.NAME_LABEL, "");
    return new UnavailableException(
        ("Tried to use the sandbox '%s' but failed because %s, which is mounted in it, was moved or"
                + " deleted. Put it back, then stop the sandbox and start it again.")
            .formatted(name, source),
        null,
        SandboxName.isValid(name)
            ? new DispenseException.Hint.Restart(new SandboxName(name))
            : null);
  }
}
