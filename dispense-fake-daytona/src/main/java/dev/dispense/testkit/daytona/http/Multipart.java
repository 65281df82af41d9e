package dev.dispense.testkit.daytona.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads multipart/form-data part by part, and keeps nothing of it in memory. */
public final class Multipart {
  private static final int CAPACITY = 1 << 17;
  private static final int MAX_HEADERS = 1 << 14;
  private static final Pattern BOUNDARY =
      Pattern.compile("(?i)multipart/form-data\\s*;.*boundary=\"?([^\";]+)\"?.*");
  private static final Pattern NAME = Pattern.compile("[; ]name=\"([^\"]*)\"");

  private final InputStream input;
  private final byte[] delimiter;
  private final byte[] buffer = new byte[CAPACITY];
  private int position;
  private int end;

  /** Up to here, nothing of the buffer belongs to a delimiter. */
  private int plain;

  /** Whether a delimiter begins where the plain bytes end. */
  private boolean delimited;

  private Multipart(InputStream input, String boundary) {
    this.input = input;
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.UTF_8);
    // The first delimiter has no line end before it.
    buffer[0] = '\r';
    buffer[1] = '\n';
    end = 2;
  }

  /** Reads a body of this type; empty when the type is another one. */
  public static Optional<Multipart> of(InputStream input, String contentType) {
    Matcher boundary = BOUNDARY.matcher(contentType);
    return boundary.matches()
        ? Optional.of(new Multipart(input, boundary.group(1)))
        : Optional.empty();
  }

  /**
   * Returns the next part, and skips what was not read of the one before.
   *
   * @throws EOFException when the body ends in the middle
   */
  public Optional<Part> next() throws IOException {
    while (read(new byte[1 << 13], 0, 1 << 13) >= 0) {
      // The part before, which nobody wants any more.
    }
    position += delimiter.length;
    String line = line();
    if (line.equals("--")) {
      return Optional.empty();
    }
    plain = position;
    delimited = false;
    StringBuilder headers = new StringBuilder();
    for (String header = line(); !header.isEmpty(); header = line()) {
      headers.append(header).append('\n');
    }
    plain = position;
    Matcher name = NAME.matcher(headers);
    return Optional.of(new Part(name.find() ? name.group(1) : "", new Body()));
  }

  private String line() throws IOException {
    int from = position;
    while (true) {
      for (int i = from; i + 1 < end; i++) {
        if (buffer[i] == '\r' && buffer[i + 1] == '\n') {
          String line = new String(buffer, position, i - position, StandardCharsets.UTF_8);
          position = i + 2;
          return line;
        }
      }
      if (end - position == 2 && buffer[position] == '-' && buffer[position + 1] == '-') {
        position = end;
        return "--"; // the last line's end may be missing
      }
      if (end - position > MAX_HEADERS) {
        throw new IOException("The headers of a part are too long.");
      }
      from = position;
      fill();
      from = position;
    }
  }

  /** Reads what is left of the part; negative at its end. */
  private int read(byte[] target, int offset, int length) throws IOException {
    while (position == plain && !delimited) {
      scan();
      if (position == plain && !delimited) {
        fill();
        plain = position;
      }
    }
    if (position == plain) {
      return -1;
    }
    int count = Math.min(length, plain - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  /** Finds out how far the bytes are plain. */
  private void scan() {
    int last = end - delimiter.length;
    for (int i = plain; i <= last; i++) {
      if (buffer[i] == '\r'
          && Arrays.equals(buffer, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
        plain = i;
        delimited = true;
        return;
      }
    }
    plain = Math.max(plain, last + 1);
  }

  private void fill() throws IOException {
    if (position > 0) {
      System.arraycopy(buffer, position, buffer, 0, end - position);
      end -= position;
      position = 0;
    }
    int read = input.read(buffer, end, buffer.length - end);
    if (read < 0) {
      throw new EOFException("unexpected EOF");
    }
    end += read;
  }

  /** A part; its body can be read until the next part is asked for. */
  public record Part(String name, InputStream body) {}

  private final class Body extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return length == 0 ? 0 : Multipart.this.read(target, offset, length);
    }
  }
}
