package dev.dispense.cli.terminal;

import java.util.List;

/** Finds the names that a person who typed another one may have meant. */
public final class Suggestions {
  private static final int MAX = 3;

  private Suggestions() {}

  public static List<String> of(String typed, List<String> names) {
    return names.stream().filter(name -> isNear(typed, name)).sorted().limit(MAX).toList();
  }

  private static boolean isNear(String typed, String name) {
    return !typed.isBlank()
        && (name.startsWith(typed) || distance(typed, name) <= (typed.length() < 6 ? 1 : 2));
  }

  /**
   * The number of characters to insert, delete, replace or swap with their neighbour (the optimal
   * string alignment distance).
   */
  private static int distance(String left, String right) {
    int[][] distances = new int[left.length() + 1][right.length() + 1];
    for (int i = 0; i <= left.length(); i++) {
      for (int j = 0; j <= right.length(); j++) {
        if (i == 0 || j == 0) {
          distances[i][j] = i + j;
          continue;
        }
        int replaced = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int least = Math.min(distances[i - 1][j], distances[i][j - 1]) + 1;
        least = Math.min(least, distances[i - 1][j - 1] + replaced);
        if (areSwapped(left, right, i, j)) {
          least = Math.min(least, distances[i - 2][j - 2] + 1);
        }
        distances[i][j] = least;
      }
    }
    return distances[left.length()][right.length()];
  }

  private static boolean areSwapped(String left, String right, int i, int j) {
    return i > 1
        && j > 1
        && left.charAt(i - 1) == right.charAt(j - 2)
        && left.charAt(i - 2) == right.charAt(j - 1);
  }
}
