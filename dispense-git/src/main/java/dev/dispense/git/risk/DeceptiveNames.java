package dev.dispense.git.risk;

import dev.dispense.PrintableText;
import dev.dispense.git.command.GitResult;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds new names that are not what they look like, or not the only ones that look so. */
final class DeceptiveNames {
  private static final Pattern OTHER_SPACE = Pattern.compile("[\\p{Z}&&[^ ]]");
  private static final Pattern OUTER_SPACE = Pattern.compile("(?:.*/)?(?: .*|[^/]*[ .])(?:/.*)?");
  private static final Pattern SHORT_NAME =
      Pattern.compile("(?:.*/)?[^/.~]{1,6}~\\d(?:\\.[^/.]{1,3})?(?:/.*)?");

  /** The new names, and those of the directories above, by what they are taken for. */
  private final Map<String, String> names = new HashMap<>();

  /** For each of them the first path that it is part of. */
  private final Map<String, String> paths = new HashMap<>();

  private final Map<String, String> twins = new LinkedHashMap<>();
  private String lastDirectory = "";

  /** Returns what is wrong with a name by itself; it has one character for each byte. */
  static Optional<String> flaw(String name) {
    String text;
    try {
      ByteBuffer bytes = ByteBuffer.wrap(name.getBytes(StandardCharsets.ISO_8859_1));
      text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      return Optional.of("its name is not UTF-8, and is shown differently by each program");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("its name has control characters");
    }
    if (!PrintableText.printable(text).equals(text)) {
      return Optional.of(
          "its name has characters that cannot be seen, or that change the order of the others");
    }
    if (OTHER_SPACE.matcher(text).find()) {
      return Optional.of("its name has a character that looks like a space and is none");
    }
    if (OUTER_SPACE.matcher(text).matches()) {
      return Optional.of(
          "a part of its name begins or ends with a space, or ends with a dot, which Windows leaves"
              + " out");
    }
    if (text.indexOf('\\') >= 0) {
      return Optional.of("its name has a backslash, which parts directories on Windows");
    }
    if (SHORT_NAME.matcher(text).matches()) {
      return Optional.of("a part of its name may be the short form of another one on Windows");
    }
    return Optional.empty();
  }

  /** Remembers a new name, of which there should be no other like it. */
  void add(String name) {
    for (int end = name.length(); end > 0; end = name.lastIndexOf('/', end - 1)) {
      String part = name.substring(0, end);
      if (names.putIfAbsent(folded(part), part) != null) {
        continue;
      }
      paths.put(part, name);
    }
  }

  /** Compares with a name in the tree, and with those of the directories above. */
  void compare(String name) {
    compareOne(name);
    int slash = name.lastIndexOf('/');
    String directory = name.substring(0, Math.max(slash, 0));
    // The names come sorted, and those in one directory mostly one after the other.
    if (!directory.equals(lastDirectory)) {
      lastDirectory = directory;
      for (int end = slash; end > 0; end = name.lastIndexOf('/', end - 1)) {
        compareOne(name.substring(0, end));
      }
    }
  }

  private void compareOne(String name) {
    String same = names.get(folded(name));
    if (same != null && !same.equals(name)) {
      String path = paths.getOrDefault(same, same);
      twins.putIfAbsent(path, name);
    }
  }

  /** Returns the new paths that are taken for others, and what is wrong with each. */
  Map<String, String> twins() {
    Map<String, String> flaws = new LinkedHashMap<>();
    twins.forEach(
        (path, twin) ->
            flaws.put(
                path,
                "where case, or the way in which a character is encoded, does not count, it is the"
                    + " same as "
                    + PrintableText.printable(GitResult.text(twin), 100)));
    return flaws;
  }

  private static String folded(String name) {
    String text = GitResult.text(name);
    String upper = Normalizer.normalize(text, Normalizer.Form.NFC).toUpperCase(Locale.ROOT);
    return Normalizer.normalize(upper.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }
}
