package dev.dispense.git.repository;

import dev.dispense.PrintableText;
import java.util.List;

/** Words for lists of names. */
public final class NameList {
  private static final int FEW = 5;
  private static final int MANY = 50;

  private NameList() {}

  /** Returns the first few names, printable, and how many more there are. */
  public static String list(List<String> names) {
    return list(names, FEW);
  }

  /** Returns names that a person must go through, printable, and how many more there are. */
  public static String longList(List<String> names) {
    return list(names, MANY);
  }

  private static String list(List<String> names, int most) {
    List<String> shown =
        names.stream().limit(most).map(name -> PrintableText.printable(name, 100)).toList();
    int more = names.size() - shown.size();
    return String.join(", ", shown) + (more > 0 ? " and " + more + " more" : "") + ".";
  }
}
