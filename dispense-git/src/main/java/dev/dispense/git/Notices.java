package dev.dispense.git;

import dev.dispense.Text;
import java.util.List;

/** Words for lists of names. */
final class Notices {
  private static final int SHOWN = 5;

  private Notices() {}

  /** Returns the first names, printable, and how many more there are. */
  static String list(List<String> names) {
    List<String> shown =
        names.stream().limit(SHOWN).map(name -> Text.printable(name, 100)).toList();
    int more = names.size() - shown.size();
    return String.join(", ", shown) + (more > 0 ? " and " + more + " more" : "") + ".";
  }
}
