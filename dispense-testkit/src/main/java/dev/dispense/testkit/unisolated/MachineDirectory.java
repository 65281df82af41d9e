package dev.dispense.testkit.unisolated;

import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.support.FileTree;
import dev.dispense.support.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;

/**
 * One machine of the {@link UnisolatedProvider}: a directory that holds all that is known of it, so
 * that any process sees the same.
 *
 * @param path the directory
 * @param properties what is recorded of the machine, as it was when it was read
 */
record MachineDirectory(Path path, Map<String, String> properties) {
  private static final String RECORD = "machine.properties";
  private static final String LABEL = "label.";
  private static final String VARIABLE = "environment.";

  /** Reads a machine; empty when there is none at {@code path}. */
  static Optional<MachineDirectory> read(Path path) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(path.resolve(RECORD))) {
      properties.load(in);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Map<String, String> values = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return Optional.of(new MachineDirectory(path, values));
  }

  /**
   * Makes a machine that is {@link SandboxInfo.State#PENDING}, in one step: other processes see all
   * of it or nothing.
   *
   * @throws java.nio.file.FileSystemException when there is something at {@code path} already
   */
  static MachineDirectory create(Path path, MachineSpec spec) throws IOException {
    Map<String, String> values = new TreeMap<>();
    values.put("id", spec.name() + "-" + UUID.randomUUID().toString().substring(0, 8));
    values.put("state", SandboxInfo.State.PENDING.name());
    spec.labels().forEach((key, value) -> values.put(LABEL + key, value));
    spec.environment().forEach((key, value) -> values.put(VARIABLE + key, value));
    Path draft = Files.createTempDirectory(path.getParent(), ".new-");
    try {
      for (String directory : new String[] {"workspace", "dispense", "home"}) {
        Files.createDirectory(draft.resolve(directory));
      }
      Files.createDirectory(
          draft.resolve("secrets"),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      new MachineDirectory(draft, values).write(values);
      // rename(2) replaces only an empty directory, and a machine's never is.
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      FileTree.delete(draft);
      throw e;
    }
    return new MachineDirectory(path, values);
  }

  static SandboxLayout layout(Path path) {
    return new SandboxLayout(
        path.resolve("workspace").toString(),
        path.resolve("dispense").toString(),
        path.resolve("home").toString(),
        path.resolve("secrets").toString());
  }

  String id() {
    return properties.getOrDefault("id", "");
  }

  SandboxInfo.State state() {
    return SandboxInfo.State.valueOf(properties.getOrDefault("state", "ERROR"));
  }

  SandboxLayout layout() {
    return layout(path);
  }

  /** The variables that every command sees. */
  Map<String, String> environment() {
    return startingWith(VARIABLE);
  }

  Machine machine() {
    SandboxName name = new SandboxName(path.getFileName().toString());
    return new Machine(id(), name, state(), UnisolatedProvider.ID, startingWith(LABEL));
  }

  /** Records another state. */
  MachineDirectory with(SandboxInfo.State state) throws IOException {
    Map<String, String> values = new TreeMap<>(properties);
    values.put("state", state.name());
    write(values);
    return new MachineDirectory(path, values);
  }

  private void write(Map<String, String> values) throws IOException {
    Properties record = new Properties();
    record.putAll(values);
    WholeFile.write(
        path.resolve(RECORD),
        draft -> {
          try (OutputStream out = Files.newOutputStream(draft)) {
            record.store(out, null);
          }
        });
  }

  private Map<String, String> startingWith(String prefix) {
    Map<String, String> values = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            values.put(key.substring(prefix.length()), value);
          }
        });
    return values;
  }
}
