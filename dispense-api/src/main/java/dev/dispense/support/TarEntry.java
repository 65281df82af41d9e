package dev.dispense.support;

/**
 * The head of one entry of a tar archive.
 *
 * @param name its path, with one character for each byte
 * @param type the type flag: POSIX.1-2017, pax, "ustar Interchange Format"
 * @param mode permission bits and those above them
 * @param size the bytes of content that follow
 * @param modified seconds since 1970
 * @param link where a link points to, with one character for each byte
 */
record TarEntry(String name, char type, int mode, long size, long modified, String link) {
  static final char FILE = '0';
  static final char HARD_LINK = '1';
  static final char SYMBOLIC_LINK = '2';
  static final char DIRECTORY = '5';
  static final char PIPE = '6';
}
