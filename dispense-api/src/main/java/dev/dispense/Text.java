package dev.dispense;

import java.util.regex.Pattern;

/**
 * Makes text that came from an agent, a file or a user safe to show to a person: whole terminal
 * escape sequences are removed, and so is every other control character.
 */
public final class Text {
  // CSI, then OSC/DCS/SOS/PM/APC strings up to their terminator (or the end, when cut off), then
  // two-character escapes: ECMA-48, 5.4 and 5.6, in their 7-bit and 8-bit forms.
  private static final Pattern ESCAPE_SEQUENCE =
      Pattern.compile(
          "(?:\\x1B\\[|\\x9B)[\\x30-\\x3F]*[\\x20-\\x2F]*[\\x40-\\x7E]?"
              + "|(?:\\x1B[PX^_\\]]|[\\x90\\x98\\x9D-\\x9F])[^\\x07\\x1B\\x9C]*"
              + "(?:\\x07|\\x9C|\\x1B\\\\|$)?"
              + "|\\x1B[\\x20-\\x2F]*[\\x30-\\x7E]?");
  // Controls but newline and tab; bidirectional overrides and isolates; zero-width and tag
  // characters, which hide text from the reader.
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\p{Cc}&&[^\\n\\t]]|[\\u202A-\\u202E\\u2066-\\u2069\\u200B-\\u200F\\u2060\\uFEFF]"
              + "|[\\x{E0000}-\\x{E007F}]");

  private Text() {}

  /**
   * Returns {@code text} without terminal escape sequences and control characters; newlines and
   * tabs stay.
   */
  public static String printable(String text) {
    return INVISIBLE.matcher(ESCAPE_SEQUENCE.matcher(text).replaceAll("")).replaceAll("");
  }

  /**
   * Returns {@code text} on one line, made {@linkplain #printable(String) printable}, and cut to
   * {@code maxLength} characters with an ellipsis when it is longer.
   */
  public static String printable(String text, int maxLength) {
    String line = printable(text).replaceAll("\\s+", " ").strip();
    return line.length() <= maxLength ? line : line.substring(0, maxLength - 1) + "…";
  }
}
