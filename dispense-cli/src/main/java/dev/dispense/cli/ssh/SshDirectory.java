package dev.dispense.cli.ssh;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.SandboxName;
import dev.dispense.support.WholeFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What {@code ssh} is told of sandboxes, in {@code ssh} of the state directory, which only its
 * owner can read. {@code config} is what the user's own configuration includes. It never changes:
 * for each saved sandbox there is a file in {@code hosts} and, when its access must be renewed, one
 * in {@code refresh} that has it done before the other is read. {@code sessions} has what was used
 * without being saved.
 */
public final class SshDirectory {
  private static final String SUFFIX = ".conf";
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Environment host;
  private final Path directory;

  public SshDirectory(Environment host) {
    this.host = host;
    this.directory = host.stateDirectory().resolve("ssh");
  }

  /** Returns the file that the user's own configuration includes. */
  public Path config() {
    return directory.resolve("config");
  }

  Path knownHosts() {
    return directory.resolve("known_hosts");
  }

  /** Returns the file with the key by which the server for local sandboxes is known. */
  Path hostKey() {
    return directory.resolve("host_key");
  }

  /** Makes the directories, and the file that is included. */
  public void prepare() {
    doing(
        "make " + directory,
        () -> {
          for (String part : List.of("", "hosts", "refresh", "sessions")) {
            Files.createDirectories(directory.resolve(part), PRIVATE_DIRECTORY);
          }
          Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
          String text =
              """
              # Written by dispense: the sandboxes whose configuration was saved. It will be overwritten.
              Include %s
              Match all
              Include %s
              Match all
              """
                  .formatted(
                      SshConfigQuoting.included(directory + "/refresh/")
                          .replaceFirst("\"$", "*.conf\""),
                      SshConfigQuoting.included(directory + "/hosts/")
                          .replaceFirst("\"$", "*.conf\""));
          if (!Files.exists(config()) || !Files.readString(config()).equals(text)) {
            write(config(), text);
          }
          return config();
        });
  }

  /** Returns what is known of a sandbox of that name, saved or not. */
  public Optional<SshEntry> entry(String name) {
    return read(saved(name), name).or(() -> read(session(name), name));
  }

  public boolean isSaved(String name) {
    return Files.exists(saved(name));
  }

  private static Optional<SshEntry> read(Path file, String name) {
    try {
      return SshEntry.parse(name, Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("read " + file, e);
    }
  }

  /** Saves a sandbox; what was saved of another one with its name is replaced. */
  public void save(SshEntry entry) {
    doing(
        "write the configuration of ssh",
        () -> {
          Path refresh = refresh(entry.name());
          if (entry.access().isPresent()) {
            write(
                refresh,
                "Match originalhost %s exec \"%s\"\n"
                    .formatted(
                        SshEntry.host(entry.name()),
                        SshConfigQuoting.command(host, "ssh-refresh", entry.name())));
          } else {
            Files.deleteIfExists(refresh);
          }
          write(saved(entry.name()), text(entry));
          Files.deleteIfExists(session(entry.name()));
          return entry;
        });
  }

  /** Writes what is known now: over what was saved, or else for this session alone. */
  public Path update(SshEntry entry) {
    boolean isSaved = read(saved(entry.name()), entry.name()).filter(entry::isSame).isPresent();
    Path file = isSaved ? saved(entry.name()) : session(entry.name());
    return doing(
        "write the configuration of ssh",
        () -> {
          write(file, text(entry));
          return file;
        });
  }

  private String text(SshEntry entry) {
    return entry.text(SshConfigQuoting.command(host, "ssh-proxy", entry.name()), knownHosts());
  }

  /**
   * Removes what is known of a sandbox, and nothing of another with its name.
   *
   * @param id empty when the sandbox has none any more
   */
  void forget(String name, String provider, Optional<String> id) {
    for (Path file : List.of(saved(name), session(name))) {
      read(file, name)
          .filter(entry -> entry.provider().equals(provider))
          .filter(entry -> id.isEmpty() || id.get().equals(entry.id()))
          .ifPresent(entry -> delete(file, name));
    }
  }

  private void delete(Path file, String name) {
    doing(
        "delete " + file,
        () -> {
          if (file.equals(saved(name))) {
            Files.deleteIfExists(refresh(name));
          }
          Files.deleteIfExists(file);
          return file;
        });
  }

  /** Returns all of which something is known. */
  List<SshEntry> entries() {
    List<SshEntry> entries = new ArrayList<>();
    for (String part : List.of("hosts", "sessions")) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(directory.resolve(part), "*" + SUFFIX)) {
        for (Path file : files) {
          String name = String.valueOf(file.getFileName()).replaceFirst("[.]conf$", "");
          if (SandboxName.isValid(name)) {
            read(file, name).ifPresent(entries::add);
          }
        }
      } catch (NoSuchFileException e) {
        // Nothing was kept yet.
      } catch (IOException e) {
        throw failed("list " + directory, e);
      }
    }
    return entries;
  }

  /** Does something that only one process may do at a time. */
  <T> T locked(Supplier<T> work) {
    return doing(
        "lock " + directory,
        () -> {
          try (FileChannel channel =
              FileChannel.open(
                  directory.resolve("lock"),
                  Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                  PRIVATE_FILE)) {
            FileLock unused = channel.lock(); // until the channel is closed
            return work.get();
          }
        });
  }

  /** Writes a file, whole or not at all; no other user can read it at any time. */
  void write(Path file, String text) throws IOException {
    WholeFile.write(file, text);
  }

  private Path saved(String name) {
    return directory.resolve("hosts").resolve(name + SUFFIX);
  }

  private Path session(String name) {
    return directory.resolve("sessions").resolve(name + SUFFIX);
  }

  private Path refresh(String name) {
    return directory.resolve("refresh").resolve(name + SUFFIX);
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  private static <T> T doing(String what, Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw failed(what, e);
    }
  }

  private static DispenseException failed(String what, IOException e) {
    return new DispenseException(
        "Tried to %s but failed because %s. The setting DISPENSE_HOME chooses another place for it."
            .formatted(what, DispenseException.reason(e)),
        e);
  }
}
