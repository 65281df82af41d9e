package dev.dispense.support;

import dev.dispense.PrintableText;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * File names as the bytes that they are on Linux, so that a name which is not UTF-8, or not in the
 * JVM's locale, survives. A name is held in a string with one character for each byte.
 *
 * <p>A {@link Path} of the JDK's Unix file system keeps its bytes, but its string does not; its URI
 * does, both ways (JDK 17, {@code sun.nio.fs.UnixUriUtils}).
 */
public final class ByteNames {
  private ByteNames() {}

  /** Returns the bytes of a path, relative if that is. */
  public static String of(Path path) {
    String text = path.toString();
    if (isAscii(text)) {
      return text;
    }
    String bytes = decode(path.toUri().getRawPath());
    if (bytes.endsWith("/") && !text.endsWith("/")) {
      bytes = bytes.substring(0, bytes.length() - 1);
    }
    return path.isAbsolute() ? bytes : bytes.substring(decode(here()).length());
  }

  /**
   * Returns the path below {@code directory} that has the name.
   *
   * @param name one name or several with {@code /} between, relative; each character is a byte
   */
  public static Path resolve(Path directory, String name) {
    if (isAscii(name)) {
      return directory.resolve(name);
    }
    String parent = directory.toUri().getRawPath();
    return pathOf((parent.endsWith("/") ? parent : parent + "/") + encode(name));
  }

  /** Returns a path of several names, relative or absolute. */
  static Path path(String bytes) {
    if (isAscii(bytes)) {
      return Path.of(bytes);
    }
    if (bytes.startsWith("/")) {
      return pathOf(encode(bytes));
    }
    Path here = Path.of("").toAbsolutePath();
    Path whole = pathOf(here() + encode(bytes));
    return whole.subpath(here.getNameCount(), whole.getNameCount());
  }

  /** Returns the text that a person reads: the bytes as UTF-8, printable. */
  static String printable(String bytes) {
    return PrintableText.printable(
        new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8), 200);
  }

  private static String here() {
    String path = Path.of("").toUri().getRawPath();
    return path.endsWith("/") ? path : path + "/";
  }

  private static Path pathOf(String rawPath) {
    return Path.of(URI.create("file://" + rawPath));
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static String decode(String rawPath) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < rawPath.length(); i++) {
      if (rawPath.charAt(i) == '%') {
        bytes.append((char) HexFormat.fromHexDigits(rawPath, i + 1, i + 3));
        i += 2;
      } else {
        bytes.append(rawPath.charAt(i));
      }
    }
    return bytes.toString();
  }

  private static String encode(String bytes) {
    StringBuilder rawPath = new StringBuilder();
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || c == '/');
      rawPath.append(plain ? String.valueOf(c) : "%" + HexFormat.of().toHexDigits((byte) c));
    }
    return rawPath.toString();
  }
}
