package dev.dispense.docker;

import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.spi.Machine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * Uploads and downloads one file of zeros of the given size; run in a virtual machine of its own.
 */
final class LargeUpload {
  private static final int BLOCK = 512;

  private LargeUpload() {}

  /** Takes the size in bytes; prints the size that arrived and the one that came back. */
  public static void main(String[] arguments) throws IOException {
    long size = Long.parseLong(arguments[0]);
    byte[] header = new byte[BLOCK];
    TarArchiveEntry entry = new TarArchiveEntry("big");
    entry.setSize(size);
    entry.writeEntryHeader(header);
    try (LiveEngine live = new LiveEngine()) {
      Machine machine = live.create();
      live.provider.upload(
          machine.id(),
          "/workspace/new directory",
          new SequenceInputStream(new ByteArrayInputStream(header), new Zeros(size + 2 * BLOCK)));
      System.out.println(live.sh(machine, "stat -c '%s %u' '/workspace/new directory/big'"));
      try (InputStream back =
          live.provider.download(machine.id(), "/workspace/new directory/big")) {
        System.out.println(back.transferTo(OutputStream.nullOutputStream()) / size);
      }
    }
  }

  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long count) {
      this.left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int count = (int) Math.min(length, left);
      java.util.Arrays.fill(buffer, offset, offset + count, (byte) 0);
      left -= count;
      return count;
    }
  }
}
