package dev.dispense;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Packs directories into tar archives and unpacks archives that are not to be trusted. The only
 * place in Dispense where an archive is read onto this machine. File names are bytes: one that is
 * not UTF-8 stays as it is.
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
}
