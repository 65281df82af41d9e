package dev.dispense.git.repository;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.spi.SourceProvider.Delivery;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a sandbox remembers of its source.
 *
 * @param base what the agent started from
 * @param branch the branch that is checked out in the sandbox
 * @param repository the git directory that it came from; empty for a copy of a directory
 * @param subdirectory the part of the repository that the user named, with slashes
 * @param delivery how it came into the sandbox
 */
public record Labels(
    CommitId base,
    String branch,
    Optional<Path> repository,
    Optional<String> subdirectory,
    Delivery delivery) {

  /** Returns the labels as {@link #of(Map)} reads them. */
  public Map<String, String> toMap() {
    Map<String, String> map = new TreeMap<>();
    map.put("base", base.value());
    map.put("branch", branch);
    repository.ifPresent(path -> map.put("repository", path.toString()));
    subdirectory.ifPresent(path -> map.put("subdirectory", path));
    map.put("delivery", delivery.name());
    return map;
  }

  /** Writes the labels to a file, for a removal that must do without them. */
  public void write(Path file) {
    Properties properties = new Properties();
    properties.putAll(toMap());
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to write " + file + " but failed because " + DispenseException.reason(e) + ".", e);
    }
  }

  /** Reads what {@link #write} wrote; empty when it is not there, or was cut off. */
  public static Optional<Labels> read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (NoSuchFileException | IllegalArgumentException e) {
      return Optional.empty(); // It is not there, or was cut off within an escape.
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to read " + file + " but failed because " + DispenseException.reason(e) + ".", e);
    }
    if (!properties.stringPropertyNames().contains("delivery")) {
      return Optional.empty();
    }
    return Optional.of(
        of(
            properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(key -> key, properties::getProperty))));
  }

  /** Reads what {@link #toMap()} made. */
  public static Labels of(Map<String, String> map) {
    try {
      return new Labels(
          new CommitId(map.getOrDefault("base", "")),
          map.getOrDefault("branch", ""),
          Optional.ofNullable(map.get("repository")).map(Path::of),
          Optional.ofNullable(map.get("subdirectory")),
          Delivery.valueOf(map.getOrDefault("delivery", "")));
    } catch (IllegalArgumentException e) {
      throw new DispenseException(
          "Tried to read the labels of the sandbox but failed because they are not as they were"
              + " written: "
              + e.getMessage(),
          e);
    }
  }
}
