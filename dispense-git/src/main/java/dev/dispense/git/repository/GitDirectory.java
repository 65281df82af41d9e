package dev.dispense.git.repository;

import dev.dispense.DispenseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes a new git directory, file by file as gitrepository-layout describes it. No git runs: what
 * {@code git init} would take from templates and configuration is not wanted, and it costs time.
 */
public final class GitDirectory {
  private final Path path;

  private GitDirectory(Path path) {
    this.path = path;
  }

  /** Returns a git directory that {@link #create} made, and that nobody else has written to. */
  public static GitDirectory at(Path path) {
    return new GitDirectory(path);
  }

  /**
   * Makes a git directory at {@code path}, with a configuration of {@code settings} such as {@code
   * user.name}.
   */
  public static GitDirectory create(
      Path path, String objectFormat, boolean bare, Map<String, String> settings) {
    GitDirectory directory = new GitDirectory(path);
    Map<String, String> config = new TreeMap<>(settings);
    boolean extended = config.keySet().stream().anyMatch(key -> key.startsWith("extensions."));
    if (!objectFormat.equals("sha1")) {
      config.put("extensions.objectFormat", objectFormat);
      extended = true;
    }
    config.put("core.repositoryFormatVersion", extended ? "1" : "0");
    config.put("core.bare", Boolean.toString(bare));
    // A collection of garbage takes nothing away here, and runs on after the command that began it.
    config.put("gc.auto", "0");
    try {
      for (String part : List.of("objects/info", "objects/pack", "refs/heads", "hooks", "info")) {
        Files.createDirectories(path.resolve(part));
      }
    } catch (IOException e) {
      throw directory.failure(e);
    }
    directory.write("config", config(config));
    directory.write("HEAD", "ref: refs/heads/none\n");
    return directory;
  }

  public Path path() {
    return path;
  }

  public GitDirectory branch(String branch) {
    return write("HEAD", "ref: refs/heads/" + branch + "\n");
  }

  public GitDirectory alternates(List<String> paths) {
    return write("objects/info/alternates", ObjectStores.alternates(paths));
  }

  /** Copies a file of another git directory, where it is there. */
  public GitDirectory copy(Path from, String file) {
    return copy(from.resolve(file), path.resolve(file));
  }

  public GitDirectory index(Path index) {
    return copy(index, path.resolve("index"));
  }

  public GitDirectory write(String file, String content) {
    return write(file, content.getBytes(StandardCharsets.UTF_8));
  }

  public GitDirectory write(String file, byte[] content) {
    try {
      Files.write(path.resolve(file), content);
      return this;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private GitDirectory copy(Path from, Path to) {
    try {
      if (Files.isRegularFile(from)) {
        // With its time: git takes a file that is newer than the index for one that may have
        // changed.
        Files.copy(
            from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
      }
      return this;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static String config(Map<String, String> settings) {
    StringBuilder text = new StringBuilder();
    Optional<String> section = Optional.empty();
    for (Map.Entry<String, String> setting : new TreeMap<>(settings).entrySet()) {
      int dot = setting.getKey().indexOf('.');
      Optional<String> next = Optional.of(setting.getKey().substring(0, dot));
      if (!next.equals(section)) {
        text.append('[').append(next.get()).append("]\n");
        section = next;
      }
      String key = setting.getKey().substring(dot + 1);
      text.append('\t').append(key).append(" = ").append(quoted(setting.getValue())).append('\n');
    }
    return text.toString();
  }

  private static String quoted(String value) {
    return '"'
        + value
            .replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\t", "\\t")
        + '"';
  }

  private DispenseException failure(IOException e) {
    return new DispenseException(
        "Tried to write " + path + " but failed because " + DispenseException.reason(e) + ".", e);
  }
}
