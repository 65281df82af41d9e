package dev.dispense;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Packs directories into tar archives and unpacks archives that are not to be trusted. The only
 * place in Dispense where an archive is read onto this machine.
 */
public final class Archive {
  private Archive() {}

  /**
   * What an archive may hold when it is unpacked.
   *
   * @param bytes the most bytes of all files together
   * @param entries the most entries
   */
  public record Limits(long bytes, long entries) {
    /** 64 GiB in ten million entries. */
    public static final Limits DEFAULT = new Limits(64L << 30, 10_000_000);
  }

  /**
   * Writes what is in a directory to a tar archive, streamed. Symbolic links are packed as links,
   * never followed; sockets, devices and pipes are left out. Owners are not recorded; of the modes,
   * only the permission bits.
   *
   * @param directory the directory; entries are relative to it, in no particular order
   * @param out receives the archive; not closed
   * @throws IOException when a file cannot be read or {@code out} fails
   */
  public static void pack(Path directory, OutputStream out) throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    Files.walkFileTree(directory, new Packer(directory, tar));
    tar.finish();
    tar.flush();
  }

  /**
   * Unpacks a tar archive into a directory. Nothing is ever written outside of it, through a link,
   * or over something that is there already. Of the modes, only the permission bits are applied,
   * never setuid, setgid or sticky. Symbolic links are made only when they stay inside the
   * directory.
   *
   * @param in the archive; read to its end, not closed
   * @param directory an existing directory, empty as a rule
   * @param limits what the archive may hold
   * @throws RefusedException when the archive has an absolute path, {@code ..}, a hard link, a
   *     device, a link that leaves the directory, an entry through a link, an entry twice, or more
   *     than the limits allow; what was unpacked until then stays
   * @throws IOException when the archive is not one, or the directory cannot be written
   */
  public static void unpack(InputStream in, Path directory, Limits limits) throws IOException {
    new Unpacker(directory.toRealPath(), limits).unpack(in);
  }

  private static int bit(PosixFilePermission permission) {
    return switch (permission) {
      case OWNER_READ -> 0400;
      case OWNER_WRITE -> 0200;
      case OWNER_EXECUTE -> 0100;
      case GROUP_READ -> 0040;
      case GROUP_WRITE -> 0020;
      case GROUP_EXECUTE -> 0010;
      case OTHERS_READ -> 0004;
      case OTHERS_WRITE -> 0002;
      case OTHERS_EXECUTE -> 0001;
    };
  }

  private static final class Packer extends SimpleFileVisitor<Path> {
    private final Path root;
    private final TarArchiveOutputStream tar;

    Packer(Path root, TarArchiveOutputStream tar) {
      this.root = root;
      this.tar = tar;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      if (!directory.equals(root)) {
        put(new TarArchiveEntry(name(directory) + "/"), directory, attributes);
        tar.closeArchiveEntry();
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isSymbolicLink()) {
        TarArchiveEntry entry = new TarArchiveEntry(name(file), TarConstants.LF_SYMLINK);
        entry.setLinkName(Files.readSymbolicLink(file).toString());
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      } else if (attributes.isRegularFile()) {
        TarArchiveEntry entry = new TarArchiveEntry(name(file));
        entry.setSize(attributes.size());
        put(entry, file, attributes);
        try (InputStream content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
          content.transferTo(tar);
        }
        tar.closeArchiveEntry();
      }
      return FileVisitResult.CONTINUE;
    }

    private void put(TarArchiveEntry entry, Path path, BasicFileAttributes attributes)
        throws IOException {
      entry.setModTime(attributes.lastModifiedTime());
      entry.setMode(mode(path));
      tar.putArchiveEntry(entry);
    }

    private String name(Path path) {
      return root.relativize(path).toString().replace('\\', '/');
    }

    private static int mode(Path path) throws IOException {
      int mode = 0;
      for (PosixFilePermission permission :
          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)) {
        mode |= bit(permission);
      }
      return mode;
    }
  }

  private static final class Unpacker {
    private final Path root;
    private final Limits limits;
    private long entries;
    private long bytes;

    Unpacker(Path root, Limits limits) {
      this.root = root;
      this.limits = limits;
    }

    void unpack(InputStream in) throws IOException {
      TarArchiveInputStream tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name());
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (++entries > limits.entries()) {
          throw refused(entry, "is one more than the " + limits.entries() + " entries allowed");
        }
        Path target = target(entry);
        if (entry.isDirectory()) {
          makeDirectory(entry, target);
        } else if (entry.isSymbolicLink()) {
          makeLink(entry, target);
        } else if (entry.isFile() && !entry.isLink()) {
          makeFile(entry, target, tar);
        } else {
          throw refused(entry, "is neither a file, a directory nor a symbolic link");
        }
      }
    }

    /** Returns where the entry goes, with all directories above it made and none of them a link. */
    private Path target(TarArchiveEntry entry) throws IOException {
      String name = entry.getName();
      if (name.startsWith("/") || name.indexOf('\0') >= 0) {
        throw refused(entry, "has an absolute path");
      }
      Path target = root;
      String[] parts = name.split("/", -1);
      for (int i = 0; i < parts.length; i++) {
        if (parts[i].isEmpty() || parts[i].equals(".")) {
          continue;
        }
        if (parts[i].equals("..")) {
          throw refused(entry, "leads out of the directory");
        }
        if (!target.equals(root)) {
          makeParent(entry, target);
        }
        target = target.resolve(parts[i]);
      }
      return target;
    }

    private static void makeParent(TarArchiveEntry entry, Path directory) throws IOException {
      try {
        Files.createDirectory(directory);
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
          throw refused(entry, "lies below something that is not a directory");
        }
      }
    }

    private void makeDirectory(TarArchiveEntry entry, Path target) throws IOException {
      if (!target.equals(root)) {
        makeParent(entry, target);
        Files.setPosixFilePermissions(target, ownerCanWrite(permissions(entry.getMode())));
      }
    }

    private void makeLink(TarArchiveEntry entry, Path target) throws IOException {
      Path link = Path.of(entry.getLinkName());
      Path end = target.resolveSibling(link).normalize();
      if (link.isAbsolute() || !end.startsWith(root)) {
        throw refused(entry, "is a link that leads out of the directory");
      }
      try {
        Files.createSymbolicLink(target, link);
      } catch (FileAlreadyExistsException e) {
        throw refused(entry, "comes twice");
      }
    }

    private void makeFile(TarArchiveEntry entry, Path target, InputStream content)
        throws IOException {
      if (bytes + entry.getSize() > limits.bytes()) {
        throw refused(entry, "takes the archive beyond the " + limits.bytes() + " bytes allowed");
      }
      try (OutputStream out =
          Files.newOutputStream(
              target,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS)) {
        bytes += content.transferTo(out);
      } catch (FileAlreadyExistsException e) {
        throw refused(entry, "comes twice");
      } catch (NoSuchFileException | NotDirectoryException e) {
        throw refused(entry, "has no name");
      }
      Files.setPosixFilePermissions(target, permissions(entry.getMode()));
      Files.setLastModifiedTime(target, FileTime.from(entry.getLastModifiedTime().toInstant()));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
      Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
      for (PosixFilePermission permission : PosixFilePermission.values()) {
        if ((mode & bit(permission)) != 0) {
          permissions.add(permission);
        }
      }
      return permissions;
    }

    private static Set<PosixFilePermission> ownerCanWrite(Set<PosixFilePermission> permissions) {
      permissions.addAll(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));
      return permissions;
    }

    private static RefusedException refused(TarArchiveEntry entry, String why) {
      return new RefusedException(
          "Refused to unpack an archive from the sandbox: the entry '"
              + Text.printable(entry.getName(), 200)
              + "' "
              + why
              + ".");
    }
  }
}
