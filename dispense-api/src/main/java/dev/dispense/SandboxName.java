package dev.dispense;

import java.util.regex.Pattern;

/**
 * The name of a sandbox: 1 to 50 lower-case letters, digits and hyphens, starting and ending with a
 * letter or digit. It is safe as a part of a container name, a host name, a git ref and a file
 * name, and is compared exactly: a prefix of a name never finds a sandbox.
 *
 * @param value the name
 */
public record SandboxName(String value) implements Comparable<SandboxName> {
  private static final int MAX_LENGTH = 50;
  private static final Pattern VALID = Pattern.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException when {@code value} is not a valid name; the message says what
   *     a valid one looks like
   */
  public SandboxName {
    if (value.length() > MAX_LENGTH || !VALID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'"
              + PrintableText.printable(value, 80)
              + "' is not a sandbox name: use 1 to "
              + MAX_LENGTH
              + " lower-case letters, digits and hyphens, starting and ending with a letter or"
              + " digit, such as fix-login.");
    }
  }

  /** Returns whether {@code value} is a valid name. */
  public static boolean isValid(String value) {
    return value.length() <= MAX_LENGTH && VALID.matcher(value).matches();
  }

  @Override
  public int compareTo(SandboxName other) {
    return value.compareTo(other.value);
  }

  /** Returns the name itself. */
  @Override
  public String toString() {
    return value;
  }
}
