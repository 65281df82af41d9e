package dev.dispense.git.result;

import dev.dispense.CommitId;
import dev.dispense.RefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Receives what the script {@code result.sh} writes: takes the line at its beginning off, and
 * passes the bundle after it on, up to a limit. None of it is to be trusted.
 */
public final class ResultStream extends OutputStream {
  private static final int LINE_LIMIT = 200;
  private static final String ID = "([0-9a-f]{40}|[0-9a-f]{64})";
  private static final Pattern LINE = Pattern.compile("dispense-result 1 " + ID + " " + ID);

  private final StringBuilder line = new StringBuilder();
  private final OutputStream bundle;
  private final long limit;
  private boolean inBundle;
  private boolean overLimit;
  private long length;

  public ResultStream(OutputStream bundle, long limit) {
    this.bundle = bundle;
    this.limit = limit;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int count) throws IOException {
    int from = offset;
    while (!inBundle && from < offset + count && line.length() <= LINE_LIMIT) {
      inBundle = buffer[from] == '\n';
      if (!inBundle) {
        line.append((char) (buffer[from] & 0xFF));
      }
      from++;
    }
    int rest = offset + count - from;
    if (inBundle && rest > 0) {
      length += rest;
      if (length > limit) {
        overLimit = true;
        throw new IOException("The result is larger than " + limit + " bytes.");
      }
      bundle.write(buffer, from, rest);
    }
  }

  public boolean isOverLimit() {
    return overLimit;
  }

  /** Returns whether there is a bundle. */
  boolean hasBundle() {
    return length > 0;
  }

  public CommitId head() {
    return new CommitId(matched(1));
  }

  public CommitId work() {
    return new CommitId(matched(2));
  }

  private String matched(int group) {
    Matcher matcher = LINE.matcher(line);
    if (!inBundle || !matcher.matches()) {
      throw new RefusedException(
          "Refused the result of the sandbox: it does not start as a result does.");
    }
    return matcher.group(group);
  }
}
