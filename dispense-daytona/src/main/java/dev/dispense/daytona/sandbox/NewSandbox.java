package dev.dispense.daytona.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.Environment;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.Resources;
import dev.dispense.spi.MachineSpec;
import java.util.Optional;

/** What the service is asked for to make a sandbox: {@code CreateSandbox} of its API. */
public final class NewSandbox {
  private static final String SNAPSHOT_PREFIX = "snapshot:";
  private static final String DEFAULT = "default";
  private static final long GIBIBYTE = 1L << 30;
  private static final int MINUTES_PER_YEAR = 525_600;

  private final MachineSpec spec;
  private final NetworkRules network;
  private final String image;
  private final ObjectNode body = JsonNodeFactory.instance.objectNode();

  /**
   * @param attempt tells this attempt from others to make the same
   * @throws RefusedException when the service could not honour a part of {@code spec}
   */
  public NewSandbox(MachineSpec spec, Optional<String> target, Environment host, String attempt) {
    this.spec = spec;
    this.network = NetworkRules.of(spec.network());
    this.image =
        spec.image()
            .orElseGet(() -> SNAPSHOT_PREFIX + host.setting("daytona.snapshot").orElse(DEFAULT));
    if (!spec.mounts().isEmpty()) {
      throw new RefusedException(
          "Refused to mount "
              + spec.mounts().get(0).host()
              + " because a sandbox in the cloud does not see the files of this machine.");
    }
    body.put("name", RemoteSandbox.nameOf(spec.name()));
    addOrigin();
    addEnvironment();
    ObjectNode labels = body.putObject("labels");
    spec.labels().forEach(labels::put);
    labels.put(RemoteSandbox.OURS, RemoteSandbox.DAYTONA);
    labels.put(RemoteSandbox.ATTEMPT, attempt);
    labels.put(RemoteSandbox.IMAGE, image);
    body.put("public", false);
    // What an agent does is not use, as the service sees it.
    body.put("autoStopInterval", minutes(host));
    target.ifPresent(value -> body.put("target", value));
    network.addTo(body);
  }

  /** Returns what is sent. */
  public JsonNode body() {
    return body;
  }

  public NetworkRules network() {
    return network;
  }

  /** Returns whether the service has to build something first. */
  public boolean isBuilt() {
    return body.has("buildInfo");
  }

  /** Returns what it is made from, as people know it. */
  public String image() {
    return image;
  }

  private void addOrigin() {
    if (!image.startsWith(SNAPSHOT_PREFIX)) {
      addImage();
      return;
    }
    if (!spec.resources().equals(Resources.DEFAULT)) {
      throw new RefusedException(
          "Refused to create the sandbox '"
              + spec.name()
              + "' with other resources because it is made from a Daytona snapshot, which has its"
              + " own. Leave them out, choose a snapshot that has them (the image snapshot:NAME), or"
              + " give an image.");
    }
    String snapshot = image.substring(SNAPSHOT_PREFIX.length());
    if (snapshot.isBlank()) {
      throw new RefusedException(
          "Refused to create the sandbox '"
              + spec.name()
              + "' from '"
              + image
              + "' because the name of the snapshot is missing. Give one (snapshot:NAME), or"
              + " snapshot:default for that of your organization.");
    }
    if (!snapshot.equals(DEFAULT)) {
      body.put("snapshot", snapshot);
    }
  }

  private void addImage() {
    // It becomes a line of a file that commands could be added to.
    if (!image.matches("[A-Za-z0-9][A-Za-z0-9._:/@-]*")) {
      throw new RefusedException(
          "Refused to use '"
              + PrintableText.printable(image, 120)
              + "' as an image because it is not the name of one. Give one such as"
              + " debian:bookworm-slim, or snapshot:NAME for a snapshot of Daytona's.");
    }
    body.putObject("buildInfo").put("dockerfileContent", "FROM " + image + "\n");
    Resources resources = spec.resources();
    if (resources.cpus() != Math.rint(resources.cpus())
        || resources.memoryBytes() % GIBIBYTE != 0) {
      throw new RefusedException(
          "Refused to create the sandbox '"
              + spec.name()
              + "' with "
              + resources.cpus()
              + " cores and "
              + resources.memoryBytes()
              + " bytes of memory because Daytona gives whole cores and whole GiB only. Round"
              + " them.");
    }
    if (resources.processes() != Resources.DEFAULT.processes()) {
      throw new RefusedException(
          "Refused to create the sandbox '"
              + spec.name()
              + "' with a limit of processes because Daytona knows none. Leave it out.");
    }
    body.put("cpu", (int) resources.cpus());
    body.put("memory", (int) (resources.memoryBytes() / GIBIBYTE));
  }

  private void addEnvironment() {
    ObjectNode environment = body.putObject("env");
    spec.environment()
        .forEach((name, value) -> environment.put(LaunchScript.storedName(name), value));
  }

  private static int minutes(Environment host) {
    String text = host.setting("daytona.auto-stop-minutes").orElse("0");
    if (!text.matches("\\d{1,6}") || Integer.parseInt(text) > MINUTES_PER_YEAR) {
      throw new RefusedException(
          "Refused to use '"
              + PrintableText.printable(text, 40)
              + "' as the setting daytona.auto-stop-minutes. It is how many minutes a sandbox that"
              + " nobody uses goes on, such as 60; 0, the default, is for ever. Correct it.");
    }
    return Integer.parseInt(text);
  }
}
