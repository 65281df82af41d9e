package dev.dispense.spi;

import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import java.util.Map;

/**
 * What a provider knows of one sandbox.
 *
 * @param id the provider's own id for it
 * @param name the sandbox's name
 * @param state whether it runs
 * @param image the image that it was made from, as people know it
 * @param labels what {@link MachineSpec#labels()} said
 */
public record Machine(
    String id,
    SandboxName name,
    SandboxInfo.State state,
    String image,
    Map<String, String> labels) {
  /** Copies the labels. */
  public Machine {
    labels = Map.copyOf(labels);
  }
}
