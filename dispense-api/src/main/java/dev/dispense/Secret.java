package dev.dispense;

import java.util.Objects;

/**
 * A value that must not be seen: an API key, a token. It prints as {@code ***}; only {@link
 * #reveal()} gives the value, and only the code that delivers it to a process calls that.
 */
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /**
   * Returns a secret that holds {@code value}.
   *
   * @throws IllegalArgumentException when {@code value} is empty or has a line break or NUL, which
   *     no key has and which would not survive its delivery
   */
  public static Secret of(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("A secret cannot be empty.");
    }
    if (value.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
      throw new IllegalArgumentException("A secret cannot have a line break or NUL in it.");
    }
    return new Secret(value);
  }

  /** Returns the value in clear. */
  public String reveal() {
    return value;
  }

  /** Returns {@code text} with every occurrence of this secret replaced by {@code ***}. */
  public String mask(String text) {
    return text.replace(value, "***");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && value.equals(secret.value);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(value);
  }

  /** Returns {@code ***}. */
  @Override
  public String toString() {
    return "***";
  }
}
