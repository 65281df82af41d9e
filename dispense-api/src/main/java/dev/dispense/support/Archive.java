package dev.dispense.support;

import dev.dispense.RefusedException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Packs directories into tar archives and unpacks archives that are not to be trusted. The only
 * place in Dispense where an archive is read onto this machine. File names are bytes: one that is
 * not UTF-8 stays as it is.
 */
public final class Archive {
  private static final int COPY_BUFFER = 64 << 10;
  private static final Set<Character> COPIED =
      Set.of(
          TarEntry.FILE,
          TarEntry.HARD_LINK,
          TarEntry.SYMBOLIC_LINK,
          TarEntry.DIRECTORY,
          TarEntry.PIPE);

  private Archive() {}

  /**
   * What an archive may hold when it is unpacked.
   *
   * @param bytes the most bytes of all files together
   * @param entries the most entries, and directories that only the paths of entries name
   */
  public record Limits(long bytes, long entries) {
    /** 64 GiB in ten million entries. */
    public static final Limits DEFAULT = new Limits(64L << 30, 10_000_000);
  }

  /**
   * Writes what is in a directory to a tar archive, streamed. Symbolic links are packed as links,
   * never followed; sockets, devices and pipes are left out, and so is what is deleted meanwhile. A
   * file that grows meanwhile is packed in the length that it had. Owners are not recorded; of the
   * modes, only the permission bits; of the times, seconds.
   *
   * @param directory the directory; entries are relative to it, in no particular order
   * @param out receives the archive; flushed, not closed
   * @throws IOException when a file cannot be read, or becomes shorter while it is, or {@code out}
   *     fails; the message names the file
   */
  public static void pack(Path directory, OutputStream out) throws IOException {
    new Packer(directory, out).pack();
  }

  /**
   * Unpacks a tar archive into a directory. Nothing is ever written outside of it, through a link,
   * or over a file that is there already. Of the modes, only the permission bits are applied, never
   * setuid, setgid or sticky. Symbolic links are made only when they stay inside the directory,
   * whatever other links there are: {@code ..} is allowed at their beginning, as often as there are
   * directories above them.
   *
   * @param in the archive; read to its end, not closed
   * @param directory an existing directory, empty as a rule
   * @param limits what the archive may hold
   * @throws RefusedException when the archive has an absolute path, {@code ..}, a hard link, a
   *     device, a link that leads out of the directory, an entry below something that is no
   *     directory, a file or link twice, or more than the limits allow; what was unpacked until
   *     then stays
   * @throws IOException when the archive is not one or is cut off, or the directory cannot be
   *     written
   */
  public static void unpack(InputStream in, Path directory, Limits limits) throws IOException {
    new Unpacker(directory.toRealPath(), limits).unpack(in);
  }

  /**
   * Copies a tar archive into one whose entries all have one owner, streamed. Names, types, modes,
   * times in seconds and contents stay as they are.
   *
   * @param in the archive; read to its end, not closed
   * @param out receives the copy; flushed, not closed
   * @param uid the numeric user
   * @param gid the numeric group
   * @throws RefusedException when the archive has a device or something else that is neither a
   *     file, a directory, a link nor a pipe
   * @throws IOException when {@code in} is no archive, is cut off or cannot be read, or {@code out}
   *     fails
   */
  public static void copy(InputStream in, OutputStream out, int uid, int gid) throws IOException {
    TarReader from = new TarReader(new BufferedInputStream(in, COPY_BUFFER));
    OutputStream buffered = new BufferedOutputStream(out, COPY_BUFFER);
    TarWriter to = new TarWriter(buffered, uid, gid);
    for (Optional<TarEntry> next = from.next(); next.isPresent(); next = from.next()) {
      TarEntry entry = next.get();
      if (!COPIED.contains(entry.type())) {
        throw new RefusedException(
            "Refused to copy an archive: its entry '"
                + ByteNames.printable(entry.name())
                + "' is neither a file, a directory, a link nor a pipe.");
      }
      to.write(entry, from);
    }
    to.finish();
  }
}
