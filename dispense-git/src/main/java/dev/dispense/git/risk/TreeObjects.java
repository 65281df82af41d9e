package dev.dispense.git.risk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.dispense.CommitId;
import dev.dispense.git.command.Git;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads what is in a commit.
 *
 * @param git runs in the repository
 */
record TreeObjects(Git git) {
  /**
   * A file or link.
   *
   * @param mode its mode, in octal digits
   * @param id its object
   * @param name its path, one character for each byte
   */
  record Item(String mode, String id, String name) {}

  /** Hands on all files of a commit one by one, however many they are, by path. */
  void forEach(CommitId commit, Consumer<Item> consumer) {
    git.drain(
        output -> {
          InputStream in = new BufferedInputStream(output, 1 << 16);
          StringBuilder item = new StringBuilder();
          for (int c = in.read(); c >= 0; c = in.read()) {
            if (c != 0) {
              item.append((char) c);
            } else {
              consumer.accept(item(item.toString()));
              item.setLength(0);
            }
          }
        },
        "ls-tree",
        "-r",
        "-z",
        "--full-tree",
        commit.value());
  }

  // "<mode> <type> <id>\t<path>".
  private static Item item(String text) {
    int tab = text.indexOf('\t');
    String[] fields = text.substring(0, tab).split(" ", 3);
    return new Item(fields[0], fields[2], text.substring(tab + 1));
  }

  /** Returns the sizes of objects in bytes, without those that are not there. */
  Map<String, Long> sizes(Collection<String> ids) {
    Map<String, Long> sizes = new HashMap<>();
    for (String line : batch("--batch-check", ids).lines().toList()) {
      String[] fields = line.split(" ", -1);
      if (fields.length == 3) {
        sizes.put(fields[0], Long.parseLong(fields[2]));
      }
    }
    return sizes;
  }

  /** Returns the contents of blobs that are there, one character for each byte. */
  Map<String, String> contents(Collection<String> ids) {
    Map<String, String> contents = new HashMap<>();
    String output = batch("--batch", ids);
    // "<id> blob <size>\n<content>\n" (git-cat-file, "BATCH OUTPUT").
    int at = 0;
    while (at < output.length()) {
      int end = output.indexOf('\n', at);
      String[] fields = output.substring(at, end).split(" ", -1);
      int size = Integer.parseInt(fields[2]);
      contents.put(fields[0], output.substring(end + 1, end + 1 + size));
      at = end + 1 + size + 1;
    }
    return contents;
  }

  private String batch(String option, Collection<String> ids) {
    if (ids.isEmpty()) {
      return "";
    }
    byte[] input = (String.join("\n", ids) + "\n").getBytes(ISO_8859_1);
    return git.tryRun(new ByteArrayInputStream(input), List.of("cat-file", option))
        .orThrow()
        .stdout();
  }
}
