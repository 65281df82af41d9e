package dev.dispense.daytona.exec;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A download that was compressed on the way; it is whole only when its command says so too. */
final class Unzipped extends InputStream {
  private static final int BUFFER = 64 << 10;

  private final Download download;
  private @Nullable GZIPInputStream unzipping;

  Unzipped(Download download) {
    this.download = download;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    GZIPInputStream open = unzipping;
    if (open == null) {
      open = new GZIPInputStream(download, BUFFER);
      unzipping = open;
    }
    int read = open.read(target, offset, length);
    if (read < 0 && download.read() >= 0) {
      throw new IOException("there is something after the end of the download");
    }
    return read;
  }

  @Override
  public void close() {
    download.close();
  }
}
