package dev.dispense.cli.terminal;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/**
 * Reads and writes sizes in bytes such as {@code 512m} or {@code 1.5g}, with binary units as Docker
 * has it.
 */
public final class MemorySize implements ITypeConverter<Long> {
  private static final BigDecimal MAX_BYTES = BigDecimal.valueOf(1L << 60);

  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)([bkmgt]?)(?:i?b)?");

  /** Returns for example {@code 512 B}, {@code 1.5 KiB} or {@code 20 MiB}. */
  public static String text(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double size = bytes;
    int unit = 0;
    // What would be rounded to 1024 of a unit is 1 of the next.
    while (size >= (unit == 0 ? 1024 : 1023.5) && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit == 0 || size >= 9.95 ? "%.0f %s" : "%.1f %s", size, units[unit]);
  }

  @Override
  public Long convert(String text) {
    Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new UsageException("'%s' is not a size: write for example 512m or 4g.".formatted(text));
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
      throw new UsageException("'%s' is more than any machine has.".formatted(text));
    }
    return bytes.longValue();
  }
}
