package dev.dispense.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.docker.container.SandboxContainer;
import dev.dispense.docker.engine.Engine;
import java.util.regex.Pattern;

/** Finds the container of a sandbox by its id, and no other container. */
record SandboxLookup(Engine engine) {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

  /** Returns what the engine knows of a sandbox; a container that is none is not found. */
  InspectContainerResponse sandbox(String verb, String machineId) {
    String id = whole(machineId);
    InspectContainerResponse container =
        engine.call(verb + " the sandbox", client -> client.inspectContainerCmd(id).exec());
    if (!SandboxContainer.isSandbox(container)) {
      throw none(machineId);
    }
    return container;
  }

  /** Returns an id that is whole: the engine also takes names and the beginnings of other ids. */
  static String whole(String machineId) {
    if (!ID.matcher(machineId).matches()) {
      throw none(machineId);
    }
    return machineId;
  }

  private static NotFoundException none(String machineId) {
    return new NotFoundException(
        "There is no container "
            + PrintableText.printable(machineId, 80)
            + " that is one of Dispense's.");
  }
}
