package dev.dispense.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a tar archive in GNU tar's format ("Basic Tar Format"), which GNU tar, busybox, bsdtar and
 * Docker read, and which has names as bytes where pax has them as UTF-8.
 */
final class TarWriter {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final byte[] ZEROS = new byte[2 * BLOCK];

  private final OutputStream out;
  private final byte[] buffer = new byte[1 << 16];
  private final int uid;
  private final int gid;

  TarWriter(OutputStream out) {
    this(out, 0, 0);
  }

  /** Gives all entries one owner. */
  TarWriter(OutputStream out, int uid, int gid) {
    this.out = out;
    this.uid = uid;
    this.gid = gid;
  }

  /** Writes an entry without content. */
  void write(TarEntry entry) throws IOException {
    writeLong('L', entry.name());
    writeLong('K', entry.link());
    writeHeader(entry);
  }

  /**
   * Writes an entry with its content: as many bytes as the entry says, whatever follows them.
   *
   * @throws IOException also when there are fewer
   */
  void write(TarEntry entry, InputStream content) throws IOException {
    write(entry);
    for (long left = entry.size(); left > 0; ) {
      int read = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException("it became shorter while it was read");
      }
      out.write(buffer, 0, read);
      left -= read;
    }
    pad(entry.size());
  }

  /** Writes an entry with its content, which the reader that has returned the entry still has. */
  void write(TarEntry entry, TarReader content) throws IOException {
    write(entry);
    content.copyTo(out);
    pad(entry.size());
  }

  /** Ends the archive, and leaves the stream open. */
  void finish() throws IOException {
    out.write(ZEROS);
    out.flush();
  }

  private void writeLong(char type, String text) throws IOException {
    if (text.length() > NAME) {
      byte[] bytes = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
      writeHeader(new TarEntry("././@LongLink", type, 0, bytes.length, 0, ""));
      out.write(bytes);
      pad(bytes.length);
    }
  }

  private void writeHeader(TarEntry entry) throws IOException {
    byte[] header = new byte[BLOCK];
    put(header, 0, NAME, entry.name());
    putNumber(header, 100, 8, entry.mode());
    putNumber(header, 108, 8, uid);
    putNumber(header, 116, 8, gid);
    putNumber(header, 124, 12, entry.size());
    putNumber(header, 136, 12, entry.modified());
    header[156] = (byte) entry.type();
    put(header, 157, NAME, entry.link());
    put(header, 257, 8, "ustar  ");
    put(header, 148, 8, "        ");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    putOctal(header, 148, 7, sum);
    out.write(header);
  }

  private static void put(byte[] header, int offset, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, offset, Math.min(length, bytes.length));
  }

  private static void putNumber(byte[] header, int offset, int length, long number) {
    if (number >= 0 && number < (1L << (3 * (length - 1)))) {
      putOctal(header, offset, length, number);
      return;
    }
    for (int i = length - 1; i >= 0; i--) {
      header[offset + i] = (byte) number;
      number >>= 8;
    }
    header[offset] = (byte) (number < 0 ? 0xff : 0x80);
  }

  /** Writes a number in octal digits, with a NUL after them. */
  private static void putOctal(byte[] header, int offset, int length, long number) {
    header[offset + length - 1] = 0;
    for (int i = length - 2; i >= 0; i--) {
      header[offset + i] = (byte) ('0' + (number & 7));
      number >>= 3;
    }
  }

  private void pad(long size) throws IOException {
    out.write(ZEROS, 0, (int) (-size & (BLOCK - 1)));
  }
}
