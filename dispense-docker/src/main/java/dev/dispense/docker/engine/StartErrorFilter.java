package dev.dispense.docker.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A command's standard output, in which the engine also reports that it could not start the command
 * (seen with 20.10 and API 1.41). What begins like such a report is held back until it is clear
 * whether the command ever ran.
 */
public final class StartErrorFilter extends OutputStream {
  private static final byte[] BEGINNING =
      "OCI runtime exec failed".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_LENGTH = 16 << 10;

  private final OutputStream stdout;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean passing;

  public StartErrorFilter(OutputStream stdout) {
    this.stdout = stdout;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (passing) {
      stdout.write(bytes, offset, length);
      return;
    }
    held.write(bytes, offset, length);
    // The engine sends its report in one piece.
    if (!looksLikeComplaint() || held.size() > MAX_LENGTH) {
      release();
    }
  }

  @Override
  public void flush() throws IOException {
    stdout.flush();
  }

  /** Passes on what was held: it was the command's own output. */
  public void release() throws IOException {
    passing = true;
    held.writeTo(stdout);
    held.reset();
    stdout.flush();
  }

  /** Returns what was held: the engine's report, as it turned out that the command never ran. */
  public String text() {
    return held.toString(StandardCharsets.UTF_8).strip();
  }

  /**
   * Returns the exit code that a shell has for such a report: 127 when the program does not exist,
   * else 126.
   */
  public static int exitCode(String complaint) {
    String text = complaint.toLowerCase(Locale.ROOT);
    boolean missing =
        text.contains("executable file not found")
            || (text.contains("no such file or directory") && !text.contains("chdir"));
    return missing ? 127 : 126;
  }

  private boolean looksLikeComplaint() {
    byte[] bytes = held.toByteArray();
    return bytes.length >= BEGINNING.length
        && Arrays.equals(bytes, 0, BEGINNING.length, BEGINNING, 0, BEGINNING.length);
  }
}
