package dev.dispense.spi;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What the requests of a task are known by at the {@linkplain Gateway gateway}, so that they can be
 * counted and limited. It is no secret within the sandbox.
 *
 * @param value 16 digits of a hexadecimal number
 */
public record TaskTag(String value) {
  private static final Pattern VALUE = Pattern.compile("[0-9a-f]{16}");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 8;

  /**
   * Checks the value.
   *
   * @throws IllegalArgumentException when it is not as described
   */
  public TaskTag {
    if (!isValid(value)) {
      throw new IllegalArgumentException("This is no pass of a task.");
    }
  }

  /** Returns one that no other task has. */
  public static TaskTag random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new TaskTag(HexFormat.of().formatHex(bytes));
  }

  /** Returns whether a text is the value of one. */
  public static boolean isValid(String text) {
    return VALUE.matcher(text).matches();
  }

  /** Returns with what the paths of its requests begin. */
  String path() {
    return "/task-" + value;
  }
}
