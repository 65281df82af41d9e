package dev.dispense.cli;

import java.util.List;

/** Finds the names that a person who typed another one may have meant. */
final class NearNames {
  private static final int MAX = 3;

  private NearNames() {}

  static List<String> of(String typed, List<String> names) {
    return names.stream().filter(name -> isNear(typed, name)).sorted().limit(MAX).toList();
  }

  private static boolean isNear(String typed, String name) {
    int tolerated = Math.min(2, Math.max(1, typed.length() / 3));
    return !typed.isBlank()
        && (name.startsWith(typed) || typed.startsWith(name) || distance(typed, name) <= tolerated);
  }

  /** The number of characters to insert, delete or replace (Levenshtein). */
  private static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[right.length()];
  }
}
