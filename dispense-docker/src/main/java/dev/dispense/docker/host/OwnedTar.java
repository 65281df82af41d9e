package dev.dispense.docker.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A small tar archive whose entries have one owner. The engine extracts as root and gives files to
 * whom the archive says; its own option for that ({@code copyUIDGID}) looks the user up on the
 * machine of the engine.
 */
public final class OwnedTar implements AutoCloseable {
  private static final int DIRECTORY_MODE = 0755;
  private static final int FILE_MODE = 0644;

  private final Owner owner;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = writer(bytes);

  public OwnedTar(Owner owner) {
    this.owner = owner;
  }

  /** Adds a directory that all may read. */
  public void directory(String path) throws IOException {
    directory(path, DIRECTORY_MODE);
  }

  /** Adds a directory. */
  public void directory(String path, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path.substring(1) + "/");
    entry.setMode(mode);
    put(entry);
    tar.closeArchiveEntry();
  }

  /** Adds a file. */
  public void file(String path, byte[] content) throws IOException {
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
  public byte[] bytes() throws IOException {
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
}
