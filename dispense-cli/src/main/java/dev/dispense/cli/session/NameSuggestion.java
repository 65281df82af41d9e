package dev.dispense.cli.session;

import dev.dispense.SandboxName;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** Makes up names of sandboxes: the directory's name and a word. */
public final class NameSuggestion {
  private static final int MAX_DIRECTORY_LENGTH = 30;

  private static final List<String> WORDS =
      List.of(
          "amber", "aspen", "basil", "birch", "brook", "cedar", "cliff", "cloud", "clover", "coral",
          "delta", "dune", "ember", "fern", "fjord", "flint", "grove", "hazel", "heron", "iris",
          "jade", "lark", "lotus", "maple", "meadow", "mint", "moss", "oak", "opal", "orchid",
          "otter", "pearl", "pine", "plum", "poppy", "quail", "reef", "river", "robin", "rowan",
          "sage", "slate", "sorrel", "spruce", "stone", "thyme", "tulip", "vale", "willow", "wren");

  private NameSuggestion() {}

  public static String of(Path directory) {
    Path last = directory.getFileName();
    String stem =
        (last == null ? "" : last.toString())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-+", "");
    if (stem.length() > MAX_DIRECTORY_LENGTH) {
      stem = stem.substring(0, MAX_DIRECTORY_LENGTH);
    }
    String word = WORDS.get(ThreadLocalRandom.current().nextInt(WORDS.size()));
    stem = stem.replaceAll("-+$", "");
    return new SandboxName(stem.isEmpty() ? word : stem + "-" + word).value();
  }
}
