package dev.dispense;

import java.util.regex.Pattern;

/**
 * The full object id of a git commit in lower-case hexadecimal: 40 digits for SHA-1, 64 for
 * SHA-256.
 *
 * @param value the digits
 */
public record CommitId(String value) {
  private static final Pattern VALID = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  /**
   * Checks the digits.
   *
   * @throws IllegalArgumentException when {@code value} is not a full object id
   */
  public CommitId {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "not a git commit id: '" + PrintableText.printable(value, 80) + "'");
    }
  }

  /** Returns the first ten digits, for people. */
  public String abbreviated() {
    return value.substring(0, 10);
  }

  /** Returns the full id. */
  @Override
  public String toString() {
    return value;
  }
}
