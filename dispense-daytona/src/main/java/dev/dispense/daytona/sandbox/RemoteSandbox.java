package dev.dispense.daytona.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.PrintableText;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.spi.Machine;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A sandbox as the service describes it (v0.190.0, {@code Sandbox} and {@code SandboxListItem}).
 * Any field may be missing or null.
 *
 * @param snapshot what it was made from; empty when that was an image
 * @param state the service's word
 * @param isUnwanted whether it is deleted, or being deleted
 * @param errorReason why it is broken; empty when it is not known, or not broken
 * @param isRecoverable whether what is broken can be mended
 * @param toolbox the address of the program in the sandboxes of its region; empty when not told
 */
public record RemoteSandbox(
    String id,
    String name,
    String snapshot,
    String state,
    boolean isUnwanted,
    String errorReason,
    boolean isRecoverable,
    Map<String, String> labels,
    String toolbox) {
  private static final String NAME_PREFIX = "dispense-";

  /** The label that all of Dispense's have. */
  static final String OURS = "dev.dispense.provider";

  /** The value of that label. */
  public static final String DAYTONA = "daytona";

  /** The label that tells two attempts to create the same sandbox apart. */
  public static final String ATTEMPT = "dev.dispense.daytona.attempt";

  /** The label with the image that it was made from, which lists do not tell. */
  static final String IMAGE = "dev.dispense.daytona.image";

  public RemoteSandbox {
    labels = Map.copyOf(labels);
  }

  public static RemoteSandbox of(JsonNode json) {
    Map<String, String> labels = new TreeMap<>();
    json.path("labels").properties().forEach(it -> labels.put(it.getKey(), it.getValue().asText()));
    String state = text(json, "state").toLowerCase(Locale.ROOT);
    return new RemoteSandbox(
        text(json, "id"),
        text(json, "name"),
        text(json, "snapshot"),
        state,
        text(json, "desiredState").equalsIgnoreCase("destroyed")
            || state.equals("destroyed")
            || state.equals("destroying"),
        text(json, "errorReason"),
        json.path("recoverable").asBoolean(false),
        labels,
        text(json, "toolboxProxyUrl"));
  }

  private static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    return value.isTextual() ? value.textValue() : "";
  }

  /** Returns the name that the service knows a sandbox by; it is unique in an organization. */
  public static String nameOf(SandboxName name) {
    return NAME_PREFIX + name;
  }

  /** Returns it as a machine, if it is one of ours that is meant to be there. */
  public Optional<Machine> machine() {
    if (isUnwanted || !isOurs() || !name.startsWith(NAME_PREFIX)) {
      return Optional.empty();
    }
    String plain = name.substring(NAME_PREFIX.length());
    if (!SandboxName.isValid(plain)) {
      return Optional.empty();
    }
    Map<String, String> told = new TreeMap<>(labels);
    told.keySet().removeAll(List.of(OURS, ATTEMPT, IMAGE));
    return Optional.of(new Machine(id, new SandboxName(plain), sandboxState(), image(), told));
  }

  /** Returns whether Dispense has made it, also when it is being deleted. */
  boolean isOurs() {
    return labels.containsKey(OURS);
  }

  private String image() {
    String image = labels.getOrDefault(IMAGE, "");
    return image.isEmpty() ? "snapshot:" + (snapshot.isEmpty() ? "default" : snapshot) : image;
  }

  public boolean isStarted() {
    return state.equals("started");
  }

  /** Returns whether it is stopped, and its files are there. */
  boolean isStopped() {
    return sandboxState() == SandboxInfo.State.STOPPED;
  }

  /** Returns whether it will not get into another state by itself. */
  boolean isBroken() {
    return sandboxState() == SandboxInfo.State.ERROR;
  }

  /** Returns what the service's word means; one that is not known is one of the way somewhere. */
  private SandboxInfo.State sandboxState() {
    return switch (state) {
      case "started" -> SandboxInfo.State.RUNNING;
      case "stopped", "archived", "archiving", "paused" -> SandboxInfo.State.STOPPED;
      case "error", "build_failed" -> SandboxInfo.State.ERROR;
      default -> SandboxInfo.State.PENDING;
    };
  }

  /** Returns why it is broken, as a part of a sentence. */
  String reason() {
    return errorReason.isEmpty()
        ? "Daytona says that its state is '" + state + "'"
        : PrintableText.printable(errorReason, 500).replaceFirst("[.]+$", "");
  }
}
