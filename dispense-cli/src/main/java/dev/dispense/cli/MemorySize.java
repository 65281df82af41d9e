package dev.dispense.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/**
 * Reads sizes in bytes such as {@code 512m} or {@code 1.5g}, with binary units as Docker has it.
 */
final class MemorySize implements ITypeConverter<Long> {
  private static final BigDecimal MAX_BYTES = BigDecimal.valueOf(1L << 60);

  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)([bkmgt]?)(?:i?b)?");

  @Override
  public Long convert(String text) {
    Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new UsageException(
          "'%s' is not a size of memory: write for example 512m or 4g.".formatted(text));
    }
    int shift =
        switch (matcher.group(2)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          case "t" -> 40;
          default -> 0;
        };
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << shift));
    if (bytes.compareTo(MAX_BYTES) > 0) {
      throw new UsageException("'%s' is more memory than any machine has.".formatted(text));
    }
    return bytes.longValue();
  }
}
