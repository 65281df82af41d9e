package dev.dispense.docker.gateway;

import dev.dispense.DispenseException;
import dev.dispense.docker.host.LockFile;
import dev.dispense.docker.host.Owner;
import dev.dispense.support.FileTree;
import dev.dispense.support.ProcessId;
import dev.dispense.support.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What this machine keeps of one gateway: a directory that is mounted in its container, and in it a
 * directory for each sandbox, whose name is a number. Keys are in there, so that the gateway can
 * come back without the client; only this user and the gateway read them.
 */
public final class GatewayDirectory {
  /** The most sandboxes that have an address of their own in 127.1.0.0/16. */
  private static final int MOST = 65_000;

  /** Who the gateway is where the caller is root, which Squid does not run as. */
  private static final int NOBODY = 65_534;

  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final String CREATOR = "creator";
  private static final String SOCKETS = "sockets";
  private static final String LAST = "last";

  private final Path root;
  private final Path sandboxes;

  /**
   * @param root the directory, made when it is needed
   */
  public GatewayDirectory(Path root) {
    this.root = root;
    this.sandboxes = root.resolve("sandboxes");
  }

  /** Returns the names of the gateways of which something is in a directory. */
  static List<String> namesIn(Path gateways) {
    return doing(
        "list " + gateways,
        () -> {
          List<String> names = new ArrayList<>();
          try (DirectoryStream<Path> entries =
              Files.newDirectoryStream(gateways, entry -> name(entry).matches("[0-9a-f]{12}"))) {
            entries.forEach(entry -> names.add(name(entry)));
          } catch (NoSuchFileException e) {
            return names;
          }
          return names;
        });
  }

  Path root() {
    return root;
  }

  /** Returns the directory that a sandbox gets, in which its sockets are made. */
  Path sockets(int number) {
    return of(number).resolve(SOCKETS);
  }

  private Path of(int number) {
    return sandboxes.resolve(Integer.toString(number));
  }

  /** Returns who must run the gateway, so that the files are its own. */
  Owner owner() {
    return doing("look at " + root, () -> Owner.of(root));
  }

  private void make() {
    doing(
        "make the directory " + root,
        () -> {
          makeOwn(root);
          makeOwn(sandboxes);
          return root;
        });
  }

  private static void makeOwn(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, PRIVATE_DIRECTORY);
      give(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  /** Gives what root has made to whom the gateway is. */
  private static void give(Path path) throws IOException {
    if ((Integer) Files.getAttribute(path, "unix:uid") == 0) {
      Files.setAttribute(path, "unix:gid", NOBODY);
      Files.setAttribute(path, "unix:uid", NOBODY);
    }
  }

  /** Does something while no other process changes which sandboxes there are. */
  <T> T locked(Supplier<T> work) {
    return doing(
        "lock " + root,
        () -> {
          Path file = root.resolveSibling(name(root) + ".lock");
          LockFile lock = LockFile.acquire(file, "waiting for another use of the gateway");
          try {
            make();
            return work.get();
          } finally {
            lock.close();
          }
        });
  }

  /**
   * Makes the directory of a further sandbox, whose container is still to be made. Its number is
   * not one that was used lately: the gateway may still listen for that, and its logs speak of it.
   */
  int claim() {
    return doing(
        "make a directory in " + sandboxes,
        () -> {
          int last =
              read(LAST)
                  .filter(text -> text.matches("[0-9]{1,5}"))
                  .map(Integer::parseInt)
                  .orElse(0);
          for (int step = 0; step < MOST; step++) {
            int number = (last + step) % MOST + 1;
            if (!Files.exists(of(number))) {
              write(LAST, Integer.toString(number).getBytes(StandardCharsets.UTF_8));
              makeOwn(of(number));
              makeOwn(sockets(number));
              Files.setPosixFilePermissions(
                  sockets(number), PosixFilePermissions.fromString("rwxr-xr-x"));
              write(number, CREATOR, ProcessId.current().toString());
              return number;
            }
          }
          throw new IOException("there are too many");
        });
  }

  /** Returns the numbers that are in use. */
  List<Integer> numbers() {
    return doing(
        "list " + sandboxes,
        () -> {
          List<Integer> numbers = new ArrayList<>();
          try (DirectoryStream<Path> entries =
              Files.newDirectoryStream(sandboxes, entry -> isNumber(entry))) {
            entries.forEach(entry -> numbers.add(Integer.valueOf(name(entry))));
          } catch (NoSuchFileException e) {
            return numbers;
          }
          return numbers;
        });
  }

  private static boolean isNumber(Path entry) {
    return name(entry).matches("[1-9][0-9]{0,4}");
  }

  private static String name(Path entry) {
    return String.valueOf(entry.getFileName());
  }

  /** Returns whether a sandbox is just being created, and so may have no container yet. */
  boolean isBeingCreated(int number) {
    return read(number, CREATOR)
        .flatMap(text -> ProcessId.parse(text.strip()))
        .filter(ProcessId::isAlive)
        .isPresent();
  }

  /** Writes a file of a sandbox, whole or not at all. */
  void write(int number, String file, String text) {
    write(of(number), file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a file that all sandboxes have in common, whole or not at all. */
  void write(String file, byte[] content) {
    write(root, file, content);
  }

  private static void write(Path directory, String file, byte[] content) {
    Path target = directory.resolve(file);
    doing(
        "write " + target,
        () -> {
          WholeFile.write(
              target,
              draft -> {
                Files.write(draft, content);
                give(draft);
              });
          return target;
        });
  }

  /** Reads a file of a sandbox; empty when it is not there. */
  Optional<String> read(int number, String file) {
    return read(of(number).resolve(file));
  }

  /** Reads a file that all sandboxes have in common; empty when it is not there. */
  Optional<String> read(String file) {
    return read(root.resolve(file));
  }

  private static Optional<String> read(Path file) {
    return doing(
        "read " + file,
        () -> {
          try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
          } catch (NoSuchFileException e) {
            return Optional.empty();
          }
        });
  }

  /** Deletes a file of a sandbox; does nothing when it is not there. */
  void delete(int number, String file) {
    Path target = of(number).resolve(file);
    doing("delete " + target, () -> Files.deleteIfExists(target));
  }

  /** Returns the names of the files of a sandbox that begin so. */
  List<String> files(int number, String prefix) {
    return doing(
        "list " + of(number),
        () -> {
          List<String> names = new ArrayList<>();
          try (DirectoryStream<Path> entries =
              Files.newDirectoryStream(of(number), entry -> name(entry).startsWith(prefix))) {
            entries.forEach(entry -> names.add(name(entry)));
          }
          return names;
        });
  }

  /** Returns whether a sandbox is known. */
  boolean has(int number) {
    return Files.isDirectory(of(number), LinkOption.NOFOLLOW_LINKS);
  }

  /** Removes what is kept of a sandbox. */
  void remove(int number) {
    doing(
        "delete " + of(number),
        () -> {
          FileTree.delete(of(number));
          return number;
        });
  }

  /** Removes all. */
  void remove() {
    doing(
        "delete " + root,
        () -> {
          FileTree.delete(root);
          return root;
        });
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  private static <T> T doing(String what, Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to " + what + " but failed because " + DispenseException.reason(e) + ".", e);
    }
  }
}
