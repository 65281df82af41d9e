package dev.dispense.core.state;

import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.SandboxName;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.Mount;
import dev.dispense.support.ProcessId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code sandbox.properties} holds: enough to tell what a sandbox was, and to make it again
 * over the same files, when its provider does not know it any more.
 */
public final class SandboxFile {
  private static final String LABEL = "label.";
  private static final String CREATOR = "creator";
  private static final String REMOVING = "removing";

  private final Map<String, String> values;

  public SandboxFile(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /** What is written when the name is claimed; names the process that does. */
  public static Map<String, String> claim(String provider, SandboxRecord record) {
    Map<String, String> values = new TreeMap<>();
    values.put("provider", provider);
    putCreator(values);
    putLabels(values, record.toLabels());
    return values;
  }

  /** What is written when the name is claimed only to remove what is left of the sandbox. */
  public static Map<String, String> removal(String provider, SandboxRecord record) {
    Map<String, String> values = new TreeMap<>();
    values.put("provider", provider);
    values.put(REMOVING, "true");
    putLabels(values, record.toLabels());
    return values;
  }

  /** What is written before the machine is made; names the process that makes it. */
  public static Map<String, String> creating(String provider, MachineSpec spec) {
    Map<String, String> values = created(provider, spec);
    putCreator(values);
    return values;
  }

  /** What is written when the sandbox is ready. */
  public static Map<String, String> created(String provider, MachineSpec spec) {
    Map<String, String> values = new TreeMap<>();
    values.put("provider", provider);
    putLabels(values, spec.labels());
    spec.image().ifPresent(image -> values.put("image", image));
    values.put("uid", String.valueOf(spec.uid()));
    values.put("gid", String.valueOf(spec.gid()));
    List<Mount> mounts = spec.mounts();
    for (int i = 0; i < mounts.size(); i++) {
      values.put("mount." + i + ".host", mounts.get(i).host().toString());
      values.put("mount." + i + ".path", mounts.get(i).path());
      values.put("mount." + i + ".read-only", String.valueOf(mounts.get(i).readOnly()));
    }
    return values;
  }

  /** What is written when a creation has failed and something of it is still there. */
  public Map<String, String> abandoned() {
    Map<String, String> left = new TreeMap<>(values);
    left.put(CREATOR, "");
    return left;
  }

  /** What is written when the machine is deleted and the rest is about to go. */
  public Map<String, String> removing() {
    Map<String, String> left = new TreeMap<>(values);
    left.put(REMOVING, "true");
    return left;
  }

  /** What is written when a prepared sandbox is about to be adopted; names the process. */
  public Map<String, String> adopting(Map<String, String> labels) {
    Map<String, String> adopting = adopted(labels);
    putCreator(adopting);
    return adopting;
  }

  /** What is written when a prepared sandbox was adopted. */
  public Map<String, String> adopted(Map<String, String> labels) {
    Map<String, String> adopted = new TreeMap<>(values);
    adopted.keySet().removeIf(key -> key.startsWith(LABEL) || key.equals(CREATOR));
    putLabels(adopted, labels);
    return adopted;
  }

  private static void putCreator(Map<String, String> values) {
    values.put(CREATOR, ProcessId.current().toString());
  }

  private static void putLabels(Map<String, String> values, Map<String, String> labels) {
    labels.forEach((key, value) -> values.put(LABEL + key, value));
  }

  public String provider() {
    return values.getOrDefault("provider", "");
  }

  public String image() {
    return values.getOrDefault("image", "");
  }

  public Map<String, String> labels() {
    Map<String, String> labels = new HashMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(LABEL)) {
            labels.put(key.substring(LABEL.length()), value);
          }
        });
    return labels;
  }

  /** Whether the sandbox was never ready, so that no agent has worked in it. */
  public boolean isUnfinished() {
    return values.containsKey(CREATOR);
  }

  /** Whether its removal had begun, so that its work is kept or not wanted. */
  public boolean isBeingRemoved() {
    return values.containsKey(REMOVING);
  }

  /** Whether the process that claimed the name is still alive, and so may be creating. */
  public boolean isCreatorAlive() {
    return ProcessId.parse(values.getOrDefault(CREATOR, "")).filter(ProcessId::isAlive).isPresent();
  }

  /** Whether anything can be read from it; otherwise somebody damaged or removed it. */
  public boolean isReadable() {
    return !provider().isEmpty();
  }

  /**
   * Returns what makes a machine over the same files, to get the work out of them: nothing else
   * runs in it and it reaches nothing. Empty when nothing of the sandbox is on this machine.
   *
   * @throws DispenseException when the file is not as it was written
   */
  public Optional<MachineSpec> rescueSpec(SandboxName name) {
    try {
      List<Mount> mounts = mounts();
      return mounts.isEmpty() ? Optional.empty() : Optional.of(rescueSpec(name, mounts));
    } catch (IllegalArgumentException e) {
      throw new DispenseException(
          "Tried to read what is recorded of the sandbox '"
              + name
              + "' but failed because it is not as it was written: "
              + PrintableText.printable(String.valueOf(e.getMessage()), 200),
          e);
    }
  }

  private List<Mount> mounts() {
    List<Mount> mounts = new ArrayList<>();
    for (int i = 0; values.containsKey("mount." + i + ".host"); i++) {
      mounts.add(
          new Mount(
              Path.of(values.getOrDefault("mount." + i + ".host", "")),
              values.getOrDefault("mount." + i + ".path", ""),
              Boolean.parseBoolean(values.get("mount." + i + ".read-only"))));
    }
    return mounts;
  }

  private MachineSpec rescueSpec(SandboxName name, List<Mount> mounts) {
    MachineSpec.Builder spec =
        MachineSpec.builder(name)
            .labels(rescueLabels())
            .mounts(mounts)
            .user(
                Integer.parseInt(values.getOrDefault("uid", "0")),
                Integer.parseInt(values.getOrDefault("gid", "0")));
    Optional.ofNullable(values.get("image")).ifPresent(spec::image);
    return spec.build();
  }

  private Map<String, String> rescueLabels() {
    Map<String, String> labels = new HashMap<>(labels());
    labels.put(SandboxRecord.RESCUER, ProcessId.current().toString());
    return labels;
  }
}
