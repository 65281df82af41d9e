package dev.dispense.core.state;

import dev.dispense.DispenseException;
import dev.dispense.NameTakenException;
import dev.dispense.SandboxName;
import dev.dispense.support.FileTree;
import dev.dispense.support.PrivateDirectory;
import dev.dispense.support.ProcessId;
import dev.dispense.support.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one directory of each sandbox on this machine: {@code sandboxes/<name>}, readable by its
 * owner only. Making it claims the name; it holds {@code sandbox.properties} and what the source
 * provider puts there. Those of sandboxes that were prepared beforehand are below {@code prepared}.
 */
public final class StateDirectory {
  private static final String FILE = "sandbox.properties";
  private static final int ATTEMPTS = 100;

  private final Path root;
  private final Path sandboxes;

  public StateDirectory(Path root) {
    this(root, "sandboxes");
  }

  private StateDirectory(Path root, String part) {
    this.root = root;
    this.sandboxes = root.resolve(part);
  }

  /** Returns the directories of the sandboxes that were prepared beforehand. */
  public StateDirectory prepared() {
    return new StateDirectory(root, "prepared");
  }

  private void secure(Path... further) {
    List<Path> directories = new ArrayList<>(List.of(root, sandboxes));
    directories.addAll(List.of(further));
    for (Path directory : directories) {
      try {
        PrivateDirectory.secure(directory);
      } catch (NoSuchFileException e) {
        return; // and so nothing is below it
      } catch (IOException e) {
        throw failed("look at " + directory, e);
      }
    }
  }

  public Path of(SandboxName name) {
    return sandboxes.resolve(name.value());
  }

  public boolean exists(SandboxName name) {
    return Files.isDirectory(of(name), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Claims a name by making its directory, in which a file says who does; in one step, so that
   * nobody sees a name that is claimed by no one.
   */
  public Path claim(SandboxName name, Map<String, String> properties) {
    Path directory = of(name);
    Path draft = sandboxes.resolve(ProcessId.temporaryName(".claim"));
    try {
      PrivateDirectory.make(root);
      PrivateDirectory.make(sandboxes);
      secure();
      Files.createDirectory(draft, PrivateDirectory.ATTRIBUTE);
    } catch (IOException e) {
      throw failed("make the directory " + directory, e);
    }
    try {
      write(draft, properties);
      if (!isRenamed(draft, directory)) {
        throw taken(name, null);
      }
      return directory;
    } catch (IOException e) {
      throw failed("make the directory " + directory, e);
    } finally {
      deleteQuietly(draft);
    }
  }

  /**
   * Renames a directory that is not empty to a name that only one may have: rename(2) replaces only
   * an empty directory.
   *
   * @return false when somebody else has the name
   */
  static boolean isRenamed(Path draft, Path name) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Files.move(draft, name, StandardCopyOption.ATOMIC_MOVE);
        return true;
      } catch (IOException e) {
        if (Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
          return false;
        }
        // Whoever had the name may have given it up just now.
        if (e instanceof NoSuchFileException || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static void deleteQuietly(Path draft) {
    try {
      FileTree.delete(draft);
    } catch (IOException e) {
      log().debug("{} is left behind", draft, e);
    }
  }

  /** Returns the exception for a name that a sandbox has already. */
  public static NameTakenException taken(SandboxName name, @Nullable Throwable cause) {
    return new NameTakenException(
        "The name '%s' is taken. Choose another, or delete that sandbox.".formatted(name),
        cause,
        new DispenseException.Hint.Delete(name));
  }

  /** Writes the file of a sandbox, whole or not at all. */
  public void write(SandboxName name, Map<String, String> values) {
    write(of(name), values);
  }

  private void write(Path directory, Map<String, String> values) {
    Properties properties = new Properties();
    properties.putAll(values);
    Path file = directory.resolve(FILE);
    try {
      WholeFile.write(
          file,
          draft -> {
            try (OutputStream out = Files.newOutputStream(draft)) {
              properties.store(out, null);
            }
          });
    } catch (AtomicMoveNotSupportedException e) {
      throw new DispenseException(
          "The file system of " + root + " cannot rename atomically: choose another DISPENSE_HOME.",
          e);
    } catch (IOException e) {
      throw failed("write " + file, e);
    }
  }

  public Path sandboxes() {
    return sandboxes;
  }

  /** Reads the file of a sandbox; empty when it is not there or nobody can read it any more. */
  public SandboxFile file(SandboxName name) {
    try {
      return new SandboxFile(read(name).orElse(Map.of()));
    } catch (DispenseException e) {
      log().debug("{} What is known of the sandbox '{}' is lost.", e.getMessage(), name);
      return new SandboxFile(Map.of());
    }
  }

  /** Reads the file of a sandbox; empty when it is not there. */
  public Optional<Map<String, String>> read(SandboxName name) {
    secure(of(name));
    Path file = of(name).resolve(FILE);
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw failed("read " + file, e);
    }
    return Optional.of(
        properties.stringPropertyNames().stream()
            .collect(Collectors.toMap(key -> key, properties::getProperty)));
  }

  /** Returns the names that have a directory. */
  public List<SandboxName> names() {
    secure();
    List<SandboxName> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(sandboxes)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (SandboxName.isValid(name) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          names.add(new SandboxName(name));
        }
      }
    } catch (NoSuchFileException e) {
      return names;
    } catch (IOException e) {
      throw failed("list " + sandboxes, e);
    }
    return names;
  }

  /** Deletes the directory of a sandbox, and so frees its name; in one step. */
  public void delete(SandboxName name) {
    Path grave = sandboxes.resolve(ProcessId.temporaryName(".deleted"));
    try {
      Files.move(of(name), grave, StandardCopyOption.ATOMIC_MOVE);
      FileTree.delete(grave);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw failed("delete " + of(name), e);
    }
  }

  /**
   * Returns the directories that a process which was killed left while it claimed or freed a name.
   */
  public List<Path> leftBehind() {
    List<Path> left = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(sandboxes, ProcessId::isLeftBehind)) {
      entries.forEach(left::add);
    } catch (NoSuchFileException e) {
      return left;
    } catch (IOException e) {
      throw failed("list " + sandboxes, e);
    }
    return left;
  }

  /** Returns whether there is more of a sandbox than the file that says what it is. */
  public boolean hasContent(SandboxName name) {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            of(name), entry -> !isAboutSandbox(String.valueOf(entry.getFileName())))) {
      return entries.iterator().hasNext();
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw failed("list " + of(name), e);
    }
  }

  private static boolean isAboutSandbox(String file) {
    return file.startsWith(FILE) || file.equals(RemovalClaim.DIRECTORY);
  }

  private static DispenseException failed(String what, Exception e) {
    return new DispenseException(
        "Tried to %s but failed because %s. The setting DISPENSE_HOME chooses another place for it."
            .formatted(what, DispenseException.reason(e)),
        e);
  }

  // Made when there is something to say: it takes longer than to list all sandboxes.
  private static Logger log() {
    return LoggerFactory.getLogger(StateDirectory.class);
  }
}
