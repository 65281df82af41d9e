package dev.dispense.support;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a tar archive that is not to be trusted: ustar and the older format, with the extensions of
 * pax (POSIX.1-2017) and GNU tar ("Basic Tar Format") for long names and large sizes. What two
 * readers could understand in two ways is an error. Nothing but names is held in memory, and those
 * are limited.
 */
final class TarReader {
  private static final int BLOCK = 512;
  private static final int MAX_NAME = 64 << 10;
  private static final int MAX_EXTENSION = 1 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private long unread;
  private int padding;

  TarReader(InputStream in) {
    this.in = in;
  }

  /**
   * Returns the next entry; what is left of the one before is skipped. Empty at the end of the
   * archive, when {@code in} has been read to its end.
   *
   * @throws IOException when this is no archive, or it is cut off
   */
  Optional<TarEntry> next() throws IOException {
    Optional<String> longName = Optional.empty();
    Optional<String> longLink = Optional.empty();
    Optional<Map<String, String>> attributes = Optional.empty();
    while (true) {
      skip(unread + padding);
      byte[] header = block();
      if (isZero(header)) {
        if (longName.isPresent() || longLink.isPresent() || attributes.isPresent()) {
          throw broken("it ends before the entry of an extended header");
        }
        in.transferTo(OutputStream.nullOutputStream());
        return Optional.empty();
      }
      checkSum(header);
      char type = (char) (header[156] & 0xff);
      long size = number(header, 124, 12);
      if (size < 0) {
        throw broken("an entry has a negative size");
      }
      begin(size);
      switch (type) {
        case 'L' -> longName = once(longName.isEmpty(), longText());
        case 'K' -> longLink = once(longLink.isEmpty(), longText());
        case 'x' -> attributes = once(attributes.isEmpty(), attributes());
        case 'g' -> checkGlobal(attributes());
        default -> {
          return Optional.of(entry(header, type, longName, longLink, attributes.orElse(Map.of())));
        }
      }
    }
  }

  /** Copies the content of the entry that was returned last. */
  void copyTo(OutputStream out) throws IOException {
    while (unread > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, unread));
      if (read < 0) {
        throw cutOff();
      }
      out.write(buffer, 0, read);
      unread -= read;
    }
  }

  private TarEntry entry(
      byte[] header,
      char type,
      Optional<String> longName,
      Optional<String> longLink,
      Map<String, String> attributes)
      throws IOException {
    if (attributes.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."))) {
      throw broken("an entry is sparse, which is not supported");
    }
    String size = attributes.get("size");
    if (size != null) {
      begin(decimal(size));
    }
    String name = attributes.getOrDefault("path", longName.orElseGet(() -> name(header)));
    String link =
        attributes.getOrDefault("linkpath", longLink.orElseGet(() -> text(header, 157, 100)));
    return new TarEntry(
        name, kind(type, name), (int) number(header, 100, 8), unread, modified(header), link);
  }

  /** The old format has no type for a directory, but a slash at the end of its name. */
  private static char kind(char type, String name) {
    boolean file = type == 0 || type == TarEntry.FILE || type == '7';
    return !file ? type : name.endsWith("/") ? TarEntry.DIRECTORY : TarEntry.FILE;
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    // The magic of GNU tar has a space where that of ustar has a NUL, and no prefix field.
    String prefix = text(header, 257, 6).equals("ustar") ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static long modified(byte[] header) throws IOException {
    return number(header, 136, 12);
  }

  /** Of two, readers take the first, the last, or both; and there could be any number. */
  private static <T> Optional<T> once(boolean first, T header) throws IOException {
    if (!first) {
      throw broken("an entry has two extended headers of a kind");
    }
    return Optional.of(header);
  }

  private String longText() throws IOException {
    String text = latin(content(MAX_NAME));
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  /** Reads the records of an extended header, each of which is "LENGTH KEY=VALUE\n". */
  private Map<String, String> attributes() throws IOException {
    String text = latin(content(MAX_EXTENSION));
    Map<String, String> attributes = new HashMap<>();
    for (int begin = 0; begin < text.length(); ) {
      int space = text.indexOf(' ', begin);
      long length = space < 0 ? -1 : decimal(text.substring(begin, space));
      long end = begin + length;
      int equals = text.indexOf('=', Math.max(space, 0));
      if (length < 1
          || end > text.length()
          || text.charAt((int) end - 1) != '\n'
          || equals < 0
          || equals >= end) {
        throw broken("an extended header is malformed");
      }
      attributes.put(text.substring(space + 1, equals), text.substring(equals + 1, (int) end - 1));
      begin = (int) end;
    }
    return attributes;
  }

  private static void checkGlobal(Map<String, String> attributes) throws IOException {
    if (attributes.keySet().stream().anyMatch(key -> key.matches("path|linkpath|size|GNU\\..*"))) {
      throw broken("an extended header is for all entries");
    }
  }

  private byte[] content(int limit) throws IOException {
    if (unread > limit) {
      throw broken("a name or extended header has " + unread + " bytes");
    }
    byte[] content = in.readNBytes((int) unread);
    if (content.length < unread) {
      throw cutOff();
    }
    unread = 0;
    return content;
  }

  private void begin(long size) throws IOException {
    if (size > Long.MAX_VALUE - 2 * BLOCK) {
      throw broken("an entry has an impossible size");
    }
    unread = size;
    padding = (int) (-size & (BLOCK - 1));
  }

  private void skip(long bytes) throws IOException {
    try {
      in.skipNBytes(bytes);
    } catch (EOFException e) {
      throw cutOff();
    }
    unread = 0;
    padding = 0;
  }

  private byte[] block() throws IOException {
    byte[] block = in.readNBytes(BLOCK);
    if (block.length < BLOCK) {
      throw cutOff();
    }
    return block;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static void checkSum(byte[] header) throws IOException {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    if (sum != number(header, 148, 8)) {
      throw broken("the checksum of a header is wrong");
    }
  }

  /** Reads a number in octal digits, or, with the highest bit set, in two's complement. */
  private static long number(byte[] header, int offset, int length) throws IOException {
    if ((header[offset] & 0x80) != 0) {
      byte[] bytes = Arrays.copyOfRange(header, offset, offset + length);
      // The highest bit is no part of the number, the next one is its sign.
      bytes[0] = (byte) ((bytes[0] & 0x40) == 0 ? bytes[0] & 0x3f : bytes[0]);
      try {
        return new BigInteger(bytes).longValueExact();
      } catch (ArithmeticException e) {
        throw broken("a number is too large");
      }
    }
    String digits = text(header, offset, length).strip();
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '7') {
        throw broken("a number has other characters than octal digits");
      }
      number = number << 3 | (digit - '0');
    }
    return number;
  }

  private static long decimal(String digits) throws IOException {
    if (!digits.matches("[0-9]{1,18}")) {
      throw broken("a number has other characters than digits, or too many");
    }
    return Long.parseLong(digits);
  }

  private static String text(byte[] header, int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, StandardCharsets.ISO_8859_1);
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static IOException cutOff() {
    return broken("it is cut off");
  }

  private static IOException broken(String why) {
    return new IOException("Tried to read a tar archive but failed because " + why + ".");
  }
}
