package dev.dispense.core.preview;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The head of an HTTP/1 message (RFC 9112), its bytes as Latin-1. What two programs could read in
 * two ways is malformed: other line ends than CRLF, control characters, continued lines, spaces
 * before a colon.
 *
 * @param start the request line or status line
 */
record HttpHead(String start, List<Field> fields) {
  static final int MAX_BYTES = 64 << 10;

  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern REQUEST =
      Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ (/[^ \t]*|\\*) HTTP/1\\.[01]");
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] [1-9][0-9][0-9]( .*)?");

  HttpHead {
    fields = List.copyOf(fields);
  }

  /** A header, without the spaces around its value. */
  record Field(String name, String value) {
    boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  /**
   * Reads up to and with the next empty line, also one that ends in LF alone; less when the input
   * ends before, or when that is too long.
   */
  static byte[] read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean emptyLine = true;
    while (bytes.size() < MAX_BYTES) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      bytes.write(next);
      if (next == '\n') {
        if (emptyLine) {
          break;
        }
        emptyLine = true;
      } else if (next != '\r') {
        emptyLine = false;
      }
    }
    return bytes.toByteArray();
  }

  /** Reads a request with a path on this server; not one to a proxy. */
  static HttpHead ofRequest(byte[] bytes) throws ProtocolException {
    return parse(bytes, REQUEST);
  }

  static HttpHead ofAnswer(byte[] bytes) throws ProtocolException {
    return parse(bytes, STATUS);
  }

  private static HttpHead parse(byte[] bytes, Pattern first) throws ProtocolException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (!text.endsWith("\r\n\r\n")) {
      throw new ProtocolException("the head has no end, or is too long");
    }
    String[] lines = text.substring(0, text.length() - 4).split("\r\n", -1);
    if (!first.matcher(lines[0]).matches() || hasControls(lines[0])) {
      throw new ProtocolException("the first line is not one of HTTP/1");
    }
    List<Field> fields = new ArrayList<>();
    for (String line : List.of(lines).subList(1, lines.length)) {
      fields.add(field(line));
    }
    return new HttpHead(lines[0], fields);
  }

  private static Field field(String line) throws ProtocolException {
    int colon = line.indexOf(':');
    if (colon < 0 || !NAME.matcher(line.substring(0, colon)).matches() || hasControls(line)) {
      throw new ProtocolException("a line of the head is not a header");
    }
    return new Field(line.substring(0, colon), line.substring(colon + 1).strip());
  }

  private static boolean hasControls(String line) {
    return line.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f);
  }

  String method() {
    return start.substring(0, start.indexOf(' '));
  }

  /** Returns the path and query of a request. */
  String target() {
    return start.split(" ", 3)[1];
  }

  /** Returns the status of an answer. */
  int status() {
    return Integer.parseInt(start.substring(9, 12));
  }

  /** Whether a request is of the old version, which has no chunks. */
  boolean isHttp10() {
    return start.endsWith("HTTP/1.0");
  }

  List<String> values(String name) {
    return fields.stream().filter(field -> field.is(name)).map(Field::value).toList();
  }

  /** Returns the value of a header that may be there only once. */
  Optional<String> value(String name) throws ProtocolException {
    List<String> values = values(name);
    if (values.size() > 1) {
      throw new ProtocolException("the header " + name + " is there twice");
    }
    return values.stream().findFirst();
  }

  /** Returns the words of a header that is a list, in lower case. */
  Set<String> words(String name) {
    return Set.copyOf(
        List.of(String.join(",", values(name)).toLowerCase(Locale.ROOT).split("[ \t]*,[ \t]*")));
  }

  HttpHead without(Predicate<Field> unwanted) {
    return new HttpHead(start, fields.stream().filter(unwanted.negate()).toList());
  }

  HttpHead with(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new HttpHead(start, more);
  }

  byte[] bytes() {
    StringBuilder text = new StringBuilder(start).append("\r\n");
    fields.forEach(
        field -> text.append(field.name()).append(": ").append(field.value()).append("\r\n"));
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
