package dev.dispense.support;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A tar archive written byte by byte, so that it can be as wrong as a test wants it. */
final class TarBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  TarBytes file(String name, String content) {
    return entry(name, '0', 0644, "", content);
  }

  TarBytes directory(String name) {
    return entry(name, '5', 0755, "", "");
  }

  TarBytes link(String name, String target) {
    return entry(name, '2', 0777, target, "");
  }

  TarBytes entry(String name, char type, int mode, String link, String content) {
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    return header(name, type, mode, String.format("%011o", data.length), link).content(data);
  }

  /** Adds an empty file whose path stands in two fields. */
  TarBytes prefixed(String prefix, String name) {
    byte[] header = header(name, '0', 0644, "00000000000");
    put(header, 345, 155, prefix);
    return header(header);
  }

  /** Adds an extended header of pax whose records are as they should be. */
  TarBytes pax(char type, String... keysAndValues) {
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String record = " " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n";
      int bytes = record.getBytes(StandardCharsets.UTF_8).length;
      int length = bytes + Integer.toString(bytes).length();
      length = bytes + Integer.toString(length).length();
      records.append(length).append(record);
    }
    return entry("PaxHeader", type, 0644, "", records.toString());
  }

  /** Adds a header only, with whatever stands in the field of the size. */
  TarBytes header(String name, char type, int mode, String size, String link) {
    byte[] header = header(name, type, mode, size);
    put(header, 157, 100, link);
    return header(header);
  }

  private static byte[] header(String name, char type, int mode, String size) {
    byte[] header = new byte[512];
    put(header, 0, 100, name);
    put(header, 100, 8, String.format("%07o", mode));
    put(header, 108, 8, "0000000");
    put(header, 116, 8, "0000000");
    put(header, 124, 12, size);
    put(header, 136, 12, "00000000001");
    header[156] = (byte) type;
    put(header, 257, 8, "ustar\00000");
    return header;
  }

  /** Adds a header after giving it the right checksum. */
  TarBytes header(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, 8, String.format("%06o\0 ", sum));
    bytes.writeBytes(header);
    return this;
  }

  /** Adds content, padded to whole blocks. */
  TarBytes content(byte[] content) {
    bytes.writeBytes(content);
    bytes.writeBytes(new byte[-content.length & 511]);
    return this;
  }

  TarBytes raw(byte[] content) {
    bytes.writeBytes(content);
    return this;
  }

  /** Returns the archive with its end. */
  InputStream end() {
    return raw(new byte[1024]).cutOff();
  }

  /** Returns the archive without its end. */
  InputStream cutOff() {
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  private static void put(byte[] header, int offset, int length, String text) {
    byte[] field = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(field, 0, header, offset, Math.min(length, field.length));
  }
}
