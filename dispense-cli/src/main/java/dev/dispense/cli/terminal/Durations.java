package dev.dispense.cli.terminal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/** Durations and moments as people write them. */
public final class Durations {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm zzz", Locale.ROOT);

  private Durations() {}

  /** Returns for example {@code 42s}, {@code 3m 5s}, {@code 2h 10m}, {@code 3d}. */
  public static String text(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m " + seconds % 60 + "s";
    }
    if (seconds < 48 * 3600) {
      return seconds / 3600 + "h " + seconds / 60 % 60 + "m";
    }
    return seconds / 86_400 + "d";
  }

  /** Returns a moment to the minute, for example {@code 2026-02-03 04:05 UTC}. */
  public static String text(Instant moment, ZoneId zone) {
    return MOMENT.format(moment.atZone(zone));
  }

  /** Reads durations such as {@code 90s}, {@code 30m} or {@code 1h30m}. */
  public static final class Converter implements ITypeConverter<Duration> {
    private static final Duration MAX = Duration.ofHours(99_999);

    private static final Pattern SHORT =
        Pattern.compile("(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,9})s)?");

    @Override
    public Duration convert(String text) {
      Matcher matcher = SHORT.matcher(text);
      Duration duration = matcher.matches() ? ofParts(matcher) : ofIso(text);
      if (duration.compareTo(MAX) > 0) {
        throw new UsageException("'%s' is too long: the longest is 99999h.".formatted(text));
      }
      if (duration.isZero() || duration.isNegative()) {
        throw new UsageException(
            "'%s' is not a time: write for example 90s, 30m or 1h30m.".formatted(text));
      }
      return duration;
    }

    private static Duration ofParts(Matcher matcher) {
      return Duration.ofHours(number(matcher.group(1)))
          .plusMinutes(number(matcher.group(2)))
          .plusSeconds(number(matcher.group(3)));
    }

    private static long number(String digits) {
      return digits == null ? 0 : Long.parseLong(digits);
    }

    private static Duration ofIso(String text) {
      try {
        return Duration.parse(text);
      } catch (DateTimeParseException e) {
        return Duration.ZERO;
      }
    }
  }
}
