package dev.dispense.support;

import dev.dispense.RefusedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes files of a tar archive that is not to be trusted; see {@link Archive#unpack}. */
final class Unpacker {
  private static final int OWNER_ALL = 0700;
  private static final Set<OpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(Permissions.of(0600));
  // The years 1970 to 2242: what every file system can hold.
  private static final long LAST_SECOND = 1L << 33;
  // What is held in memory: the paths of directories that get their modes at the end.
  private static final long MAX_CLOSED_LENGTH = 32 << 20;

  private final Path root;
  private final Archive.Limits limits;
  private final KnownDirectories directories = new KnownDirectories();
  private final Map<Path, Integer> closed = new HashMap<>();
  private long closedLength;
  private long entries;
  private long bytes;

  Unpacker(Path root, Archive.Limits limits) {
    this.root = root;
    this.limits = limits;
  }

  void unpack(InputStream in) throws IOException {
    TarReader tar = new TarReader(new BufferedInputStream(in, 64 << 10));
    for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
      make(next.get(), tar);
    }
    // A directory that its owner may not write to gets so when all is in it, the deepest first.
    List<Path> deepestFirst = new ArrayList<>(closed.keySet());
    deepestFirst.sort(Comparator.comparingInt(Path::getNameCount).reversed());
    for (Path directory : deepestFirst) {
      setPermissions(directory, closed.getOrDefault(directory, 0));
    }
  }

  private void make(TarEntry entry, TarReader tar) throws IOException {
    count(entry);
    if (entry.type() != TarEntry.FILE && entry.size() != 0) {
      throw refused(entry, "has content, which only a file can have");
    }
    List<String> names = names(entry);
    Path target = parent(entry, names);
    switch (entry.type()) {
      case TarEntry.DIRECTORY -> makeDirectory(entry, target, names);
      case TarEntry.SYMBOLIC_LINK -> makeLink(entry, last(entry, target, names), names.size() - 1);
      case TarEntry.FILE -> makeFile(entry, last(entry, target, names), tar);
      default -> throw refused(entry, "is neither a file, a directory nor a symbolic link");
    }
  }

  private void count(TarEntry entry) {
    if (++entries > limits.entries()) {
      throw refused(entry, "is one more than the " + limits.entries() + " entries allowed");
    }
  }

  /** Returns the names that the path of an entry is made of. */
  private static List<String> names(TarEntry entry) {
    if (entry.name().startsWith("/")) {
      throw refused(entry, "has an absolute path");
    }
    if (entry.name().indexOf('\0') >= 0) {
      throw refused(entry, "has a NUL in its path");
    }
    List<String> names = new ArrayList<>(List.of(entry.name().split("/", -1)));
    names.removeIf(name -> name.isEmpty() || name.equals("."));
    if (names.contains("..")) {
      throw refused(entry, "leads out of the directory");
    }
    return names;
  }

  /** Returns the directory of an entry, made when missing, with no link on the way to it. */
  private Path parent(TarEntry entry, List<String> names) throws IOException {
    List<String> above = names.subList(0, Math.max(0, names.size() - 1));
    int known = directories.known(above);
    Path parent =
        known == 0 ? root : ByteNames.resolve(root, String.join("/", above.subList(0, known)));
    for (String name : above.subList(known, above.size())) {
      parent = ByteNames.resolve(parent, name);
      if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
        count(entry); // A directory that no entry makes takes as much as one that does.
        makeDirectory(entry, parent);
      }
    }
    directories.add(above);
    return parent;
  }

  private static Path last(TarEntry entry, Path parent, List<String> names) {
    if (names.isEmpty()) {
      throw refused(entry, "has no name");
    }
    return ByteNames.resolve(parent, names.get(names.size() - 1));
  }

  private void makeDirectory(TarEntry entry, Path parent, List<String> names) throws IOException {
    if (names.isEmpty()) {
      return; // the directory itself keeps the mode that it has
    }
    Path directory = last(entry, parent, names);
    makeDirectory(entry, directory);
    directories.add(names);
    setPermissions(directory, entry.mode() | OWNER_ALL);
    closeAtEnd(entry, directory, String.join("/", names).length());
  }

  private void closeAtEnd(TarEntry entry, Path directory, int length) {
    if ((entry.mode() & OWNER_ALL) == OWNER_ALL) {
      closedLength -= closed.remove(directory) == null ? 0 : length;
    } else {
      closedLength += closed.put(directory, entry.mode()) == null ? length : 0;
    }
    if (closedLength > MAX_CLOSED_LENGTH) {
      throw refused(entry, "is one more directory than can be that its owner may not write to");
    }
  }

  private static void makeDirectory(TarEntry entry, Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw refused(entry, "lies below or over something that is not a directory");
      }
    }
  }

  /**
   * Makes a link that stays inside wherever other links lead: it goes up, at most to the root, by
   * directories that are none, and from there only down.
   */
  private static void makeLink(TarEntry entry, Path target, int depth) throws IOException {
    String[] names = entry.link().split("/", -1);
    boolean down = false;
    for (String name : names) {
      boolean up = name.equals("..");
      if (up && (down || --depth < 0)) {
        throw refused(entry, "is a link that leads, or could lead, out of the directory");
      }
      down |= !up && !name.equals(".") && !name.isEmpty();
    }
    if (entry.link().isEmpty() || entry.link().startsWith("/") || entry.link().contains("\0")) {
      throw refused(entry, "is a link that leads out of the directory");
    }
    try {
      Files.createSymbolicLink(target, ByteNames.path(entry.link()));
    } catch (FileAlreadyExistsException e) {
      throw refused(entry, "comes twice");
    }
  }

  private void makeFile(TarEntry entry, Path target, TarReader tar) throws IOException {
    if (entry.size() > limits.bytes() - bytes) {
      throw refused(entry, "takes the archive beyond the " + limits.bytes() + " bytes allowed");
    }
    bytes += entry.size();
    try (OutputStream out =
        Channels.newOutputStream(Files.newByteChannel(target, NEW_FILE, OWNER_ONLY))) {
      tar.copyTo(out);
    } catch (FileAlreadyExistsException e) {
      throw refused(entry, "comes twice");
    }
    long seconds = Math.max(0, Math.min(entry.modified(), LAST_SECOND));
    Files.setLastModifiedTime(target, FileTime.fromMillis(seconds * 1000));
    setPermissions(target, entry.mode());
  }

  private static void setPermissions(Path path, int mode) throws IOException {
    Files.setPosixFilePermissions(path, Permissions.of(mode));
  }

  private static RefusedException refused(TarEntry entry, String why) {
    return new RefusedException(
        "Refused to unpack an archive from the sandbox: the entry '"
            + ByteNames.printable(entry.name())
            + "' "
            + why
            + ".");
  }
}
