package dev.dispense.git.risk;

import dev.dispense.Risk;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names of files that some program acts upon, at any depth of a tree.
 *
 * @param kind what a file of such a name is
 * @param reason what acts upon it, and when
 * @param names the names
 */
record RiskRule(Risk.Kind kind, String reason, List<Name> names) {
  // What file systems leave out of a name, so that another name leads to the same file: HFS+
  // ignores what cannot be seen; NTFS ignores dots and spaces at the end, and takes what follows a
  // colon for a part of the file.
  private static final Pattern IGNORED =
      Pattern.compile("[\\u200C-\\u200F\\u202A-\\u202E\\u206A-\\u206F\\uFEFF]");
  private static final Pattern ENDING = Pattern.compile("(?::[^/]*)?[. ]*(?=/|\\z)");

  /**
   * The last parts of a path.
   *
   * @param parts what each part must be
   * @param isDirectory whether all that is below counts too
   */
  record Name(List<Predicate<String>> parts, boolean isDirectory) {
    private static Name of(String text) {
      boolean isDirectory = text.endsWith("/**");
      String path = isDirectory ? text.substring(0, text.length() - 3) : text;
      return new Name(Arrays.stream(path.split("/", -1)).map(Name::part).toList(), isDirectory);
    }

    private static Predicate<String> part(String text) {
      if (text.indexOf('*') < 0) {
        return text::equals;
      }
      String expression =
          Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
      return Pattern.compile(expression, Pattern.DOTALL).asMatchPredicate();
    }

    private boolean matches(List<String> path, boolean standsForDirectory) {
      int first = isDirectory ? 0 : path.size() - parts.size();
      for (int i = Math.max(first, 0); i < path.size(); i++) {
        int length = Math.min(parts.size(), path.size() - i);
        boolean isWhole = length == parts.size();
        if ((isWhole || standsForDirectory) && matchesAt(path, i, length)) {
          return true;
        }
      }
      return false;
    }

    private boolean matchesAt(List<String> path, int start, int length) {
      for (int i = 0; i < length; i++) {
        if (!parts.get(i).test(path.get(start + i))) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Makes a rule.
   *
   * @param names separated by spaces; each the last parts of a path, in lower case, with {@code *}
   *     for any characters of a part, and {@code /**} at the end for all that is in a directory
   */
  static RiskRule of(Risk.Kind kind, String reason, String names) {
    return new RiskRule(
        kind, reason, Arrays.stream(names.strip().split("\\s+")).map(Name::of).toList());
  }

  /**
   * Returns whether the rule is about a file.
   *
   * @param path the parts of a {@linkplain #folded(String) folded} path
   * @param standsForDirectory whether it is a link or the like, by which all that is in a directory
   *     is replaced
   */
  boolean matches(List<String> path, boolean standsForDirectory) {
    return names.stream().anyMatch(name -> name.matches(path, standsForDirectory));
  }

  /** Returns a path as the rules have it: equal for names that lead to the same file somewhere. */
  static String folded(String path) {
    String visible =
        IGNORED.matcher(Normalizer.normalize(path, Normalizer.Form.NFC)).replaceAll("");
    // Upper case first: some characters have no lower case of their own, such as the long s.
    String lower = visible.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return ENDING.matcher(lower).replaceAll("");
  }
}
