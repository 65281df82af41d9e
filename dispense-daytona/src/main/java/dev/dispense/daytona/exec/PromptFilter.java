package dev.dispense.daytona.exec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Holds back what a terminal shows before a command begins: the prompt of a shell, and the line
 * that the command is started by. It ends with a word that the command's script prints.
 */
final class PromptFilter {
  private final byte[] word;
  private int matched;

  /**
   * @param word in ASCII, whose first character is not in the rest of it
   */
  PromptFilter(String word) {
    this.word = word.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns what of {@code bytes} comes after the word. */
  byte[] pass(byte[] bytes) {
    int at = 0;
    while (at < bytes.length && matched < word.length) {
      byte next = bytes[at++];
      if (next == word[matched]) {
        matched++;
      } else {
        matched = next == word[0] ? 1 : 0;
      }
    }
    return at == 0 ? bytes : Arrays.copyOfRange(bytes, at, bytes.length);
  }
}
