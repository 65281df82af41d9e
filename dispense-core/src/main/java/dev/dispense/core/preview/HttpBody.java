package dev.dispense.core.preview;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long the body of an HTTP/1 message is (RFC 9112, section 6), and how exactly that much is
 * passed on, each piece as it comes.
 *
 * @param length in bytes; 0 where it is not the kind
 */
record HttpBody(Kind kind, long length) {
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
  private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})[ \t]*(;.*)?");
  private static final int PIECE = 64 << 10;

  /** What tells where a body ends. */
  enum Kind {
    LENGTH,
    CHUNKS,
    END_OF_INPUT
  }

  /** Refuses what servers have read in different ways. */
  static HttpBody ofRequest(HttpHead request) throws ProtocolException {
    Optional<HttpBody> told = told(request);
    if (told.filter(body -> body.kind == Kind.CHUNKS).isPresent() && request.isHttp10()) {
      throw new ProtocolException("HTTP/1.0 has no chunks");
    }
    return told.orElse(new HttpBody(Kind.LENGTH, 0));
  }

  /**
   * Returns the body of an answer; one of a doubtful length goes up to the end of the connection.
   *
   * @param toHead whether it answers a HEAD
   */
  static HttpBody ofAnswer(HttpHead answer, boolean toHead) {
    int status = answer.status();
    if (toHead || status < 200 || status == 204 || status == 304) {
      return new HttpBody(Kind.LENGTH, 0);
    }
    HttpBody endless = new HttpBody(Kind.END_OF_INPUT, 0);
    try {
      return told(answer).orElse(endless);
    } catch (ProtocolException e) {
      return endless;
    }
  }

  private static Optional<HttpBody> told(HttpHead head) throws ProtocolException {
    Optional<String> length = head.value("Content-Length");
    List<String> codings = head.values("Transfer-Encoding");
    if (codings.isEmpty()) {
      return length.isEmpty() ? Optional.empty() : Optional.of(ofLength(length.get()));
    }
    if (length.isPresent() || codings.size() > 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
      throw new ProtocolException(
          "the length of the body is told in two ways, or in a strange one");
    }
    return Optional.of(new HttpBody(Kind.CHUNKS, 0));
  }

  private static HttpBody ofLength(String length) throws ProtocolException {
    if (!LENGTH.matcher(length).matches()) {
      throw new ProtocolException("the length of the body is not a number");
    }
    return new HttpBody(Kind.LENGTH, Long.parseLong(length));
  }

  /**
   * Passes the body on.
   *
   * @throws EOFException when the input ends before the body
   * @throws ProtocolException when chunks are not what they should be
   */
  void copy(InputStream in, OutputStream out) throws IOException {
    switch (kind) {
      case LENGTH -> {
        copy(in, out, length);
        out.flush();
      }
      case CHUNKS -> copyChunks(in, out);
      case END_OF_INPUT -> copyAll(in, out);
    }
  }

  private static void copyChunks(InputStream in, OutputStream out) throws IOException {
    long size;
    do {
      String line = line(in);
      Matcher chunk = CHUNK.matcher(line);
      if (!chunk.matches()) {
        throw new ProtocolException("a chunk has no size");
      }
      size = Long.parseLong(chunk.group(1), 16);
      write(line, out);
      if (size > 0) {
        copy(in, out, size);
        if (!line(in).isEmpty()) {
          throw new ProtocolException("a chunk is longer than it says");
        }
        write("", out);
        out.flush();
      }
    } while (size > 0);
    String trailer;
    do {
      trailer = line(in);
      write(trailer, out);
    } while (!trailer.isEmpty());
    out.flush();
  }

  /** Returns a line without its end, which must be CRLF. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the body was cut off");
      }
      boolean ended = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
      if (ended || next == 0 || line.length() > HttpHead.MAX_BYTES) {
        throw new ProtocolException("a line between chunks does not end, or not in CRLF");
      }
      line.append((char) next);
    }
    if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
      throw new ProtocolException("a line between chunks does not end in CRLF");
    }
    return line.substring(0, line.length() - 1);
  }

  private static void write(String line, OutputStream out) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void copy(InputStream in, OutputStream out, long length) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, length)];
    for (long left = length; left > 0; ) {
      int read = in.read(piece, 0, (int) Math.min(piece.length, left));
      if (read < 0) {
        throw new EOFException("the body was cut off");
      }
      out.write(piece, 0, read);
      left -= read;
      if (left > 0) {
        out.flush();
      }
    }
  }

  /** Passes all on that comes, each piece at once. */
  static void copyAll(InputStream in, OutputStream out) throws IOException {
    byte[] piece = new byte[PIECE];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      out.write(piece, 0, read);
      out.flush();
    }
  }
}
