package dev.dispense.docker;

import dev.dispense.Archive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A small tar archive whose entries have one owner. The engine extracts as root and gives files to
 * whom the archive says; its own option for that ({@code copyUIDGID}) looks the user up on the
 * machine of the engine.
 */
final class OwnedTar implements AutoCloseable {
  private static final int DIRECTORY_MODE = 0755;
  private static final int FILE_MODE = 0644;

  private final Owner owner;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = writer(bytes);

  OwnedTar(Owner owner) {
    this.owner = owner;
  }

  /** Adds a directory that all may read. */
  void directory(String path) throws IOException {
    directory(path, DIRECTORY_MODE);
  }

  /** Adds a directory. */
  void directory(String path, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path.substring(1) + "/");
    entry.setMode(mode);
    put(entry);
    tar.closeArchiveEntry();
  }

  /** Adds a file. */
  void file(String path, byte[] content) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path.substring(1));
    entry.setMode(FILE_MODE);
    entry.setSize(content.length);
    put(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private void put(TarArchiveEntry entry) throws IOException {
    entry.setIds(owner.uid(), owner.gid());
    tar.putArchiveEntry(entry);
  }

  /** Ends the archive and returns it. */
  byte[] bytes() throws IOException {
    tar.close();
    return bytes.toByteArray();
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  private static TarArchiveOutputStream writer(OutputStream out) {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    return tar;
  }

  /** Copies an archive, as it is read, into one whose entries all have one owner. */
  static final class Copy implements Runnable {
    private final InputStream in;
    private final OutputStream out;
    private final Owner owner;
    private volatile @Nullable Exception failure;

    Copy(InputStream in, OutputStream out, Owner owner) {
      this.in = in;
      this.out = out;
      this.owner = owner;
    }

    @Override
    public void run() {
      // The end of the pipe is closed only after the failure is known: its reader looks for it.
      try (out) {
        try {
          Archive.copy(in, out, owner.uid(), owner.gid());
        } catch (IOException | RuntimeException e) {
          failure = e;
        }
      } catch (IOException e) {
        failure = e;
      }
    }

    /** Returns why the copy is not whole. */
    Optional<Exception> failure() {
      return Optional.ofNullable(failure);
    }
  }
}
