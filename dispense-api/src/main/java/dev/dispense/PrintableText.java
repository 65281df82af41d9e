package dev.dispense;

import java.util.regex.Pattern;

/**
 * Makes text that came from an agent, a file or a user safe to show to a person: whole terminal
 * escape sequences are removed, and so is every other control character.
 */
public final class PrintableText {
  // CSI, then OSC/DCS/SOS/PM/APC strings up to their terminator (or the end of the line, when cut
  // off, so that they cannot swallow the lines that follow), then two-character escapes: ECMA-48,
  // 5.4 and 5.6, in their 7-bit and 8-bit forms.
  private static final Pattern ESCAPE_SEQUENCE =
      Pattern.compile(
          "(?:\\x1B\\[|\\x9B)[\\x30-\\x3F]*[\\x20-\\x2F]*[\\x40-\\x7E]?"
              + "|(?:\\x1B[PX^_\\]]|[\\x90\\x98\\x9D-\\x9F])[^\\x07\\x1B\\x9C\\n]*"
              + "(?:\\x07|\\x9C|\\x1B\\\\)?"
              + "|\\x1B[\\x20-\\x2F]*[\\x30-\\x7E]?");
  // Controls but newline and tab; format characters (bidirectional overrides, zero-width and tag
  // characters) but the few that can be seen; fillers, line separators and the variation selectors
  // beyond those of emoji: all of them can hide text from the reader, or change its order. So can
  // the halves of a surrogate pair: what is removed between them makes a character of them.
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\p{Cs}\\p{Cc}&&[^\\n\\t]]|[\\p{Cf}&&[^\\u0600-\\u0605\\u06DD\\u070F\\u08E2]]"
              + "|[\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u2028\\u2029\\u3164\\uFFA0]"
              + "|[\\x{E0000}-\\x{E0FFF}]");

  private PrintableText() {}

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
   *
   * @param maxLength from 2
   */
  public static String printable(String text, int maxLength) {
    String line = printable(text).replaceAll("\\s+", " ").strip();
    if (line.length() <= maxLength) {
      return line;
    }
    int end = maxLength - 1;
    return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end) + "…";
  }
}
