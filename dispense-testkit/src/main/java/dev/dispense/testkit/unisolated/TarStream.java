package dev.dispense.testkit.unisolated;

import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/** What {@code tar} packs, as it packs it; ends with an exception when it cannot pack all. */
final class TarStream extends FilterInputStream {
  private static final int FILE_CHANGED = 1; // GNU tar 1.34, "Return value"

  private final Process tar;
  private final TailBuffer errors;
  private final StreamPump pump;

  private TarStream(Process tar) {
    super(tar.getInputStream());
    this.tar = tar;
    this.errors = new TailBuffer();
    this.pump = StreamPump.output("tar", tar.getErrorStream(), errors, () -> {});
  }

  static InputStream of(Path file, Map<String, String> environment) throws IOException {
    String parent = String.valueOf(file.getParent() == null ? file : file.getParent());
    String name = String.valueOf(file.getFileName() == null ? "." : file.getFileName());
    ProcessBuilder builder = new ProcessBuilder("tar", "-cf", "-", "-C", parent, "--", name);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new TarStream(builder.redirectInput(new File("/dev/null")).start());
  }

  @Override
  public int read() throws IOException {
    return checked(super.read());
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return checked(super.read(buffer, offset, length));
  }

  @Override
  public void close() throws IOException {
    tar.destroyForcibly();
    pump.cut();
    super.close();
  }

  private int checked(int read) throws IOException {
    if (read < 0) {
      try {
        if (tar.waitFor() > FILE_CHANGED) {
          throw new IOException("tar failed: " + errors);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return read;
  }
}
