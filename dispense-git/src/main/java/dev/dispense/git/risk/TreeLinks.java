package dev.dispense.git.risk;

import dev.dispense.PrintableText;
import dev.dispense.git.command.GitResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The symbolic links of a tree, and where they lead. Links that stay inside one by one can lead out
 * together, so they are followed as the system does.
 */
final class TreeLinks {
  /** The most names that are looked for. */
  static final int MOST_ALIASES = 1000;

  /** The length of the longest path on Linux, which no target can exceed. */
  static final int LONGEST_TARGET = 4096;

  // As many links as Linux follows (path_resolution(7)).
  private static final int MOST_FOLLOWED = 40;
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);

  private final Map<String, String> targets;
  private final Map<String, List<String>> byDestination = new HashMap<>();

  /**
   * @param targets what each link says, by its path
   */
  TreeLinks(Map<String, String> targets) {
    this.targets = Map.copyOf(targets);
    targets
        .keySet()
        .forEach(
            link -> {
              if (destination(link) instanceof Inside inside) {
                byDestination.computeIfAbsent(inside.path(), path -> new ArrayList<>()).add(link);
              }
            });
  }

  /** Where a link leads. */
  sealed interface Destination {}

  /**
   * It stays in the tree.
   *
   * @param path where it leads, whether there is anything or not; empty for the root
   */
  record Inside(String path) implements Destination {}

  /**
   * It does not.
   *
   * @param how a clause such as {@code which is absolute}
   */
  record Outside(String how) implements Destination {}

  /** Returns what a link says, printable. */
  String target(String link) {
    return PrintableText.printable(GitResult.text(targets.getOrDefault(link, "")), 100);
  }

  /** Follows a link to its end. */
  Destination destination(String link) {
    Deque<String> reached = new ArrayDeque<>();
    Deque<String> ahead = new ArrayDeque<>(List.of(link.split("/", -1)));
    int followed = 0;
    while (!ahead.isEmpty()) {
      String part = ahead.pop();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        if (reached.pollLast() == null) {
          return new Outside("which leads out of the repository");
        }
        continue;
      }
      if (RiskRule.folded(part).matches("\\.git|git~\\d")) {
        return new Outside("which leads into a git directory");
      }
      reached.addLast(part);
      String target = targets.get(String.join("/", reached));
      if (target != null && ++followed <= MOST_FOLLOWED) {
        if (target.startsWith("/") || target.contains("\\") || DRIVE.matcher(target).matches()) {
          return new Outside("which is absolute, here or on Windows");
        }
        if (target.length() >= LONGEST_TARGET) {
          return new Outside("which is too long to be a path");
        }
        reached.removeLast();
        String[] parts = target.split("/", -1);
        for (int i = parts.length - 1; i >= 0; i--) {
          ahead.push(parts[i]);
        }
      }
    }
    return new Inside(String.join("/", reached));
  }

  /**
   * Returns the other paths by which links lead to a file, but those that go through a link twice.
   * There may be more when there are {@link #MOST_ALIASES}.
   */
  Set<String> aliases(String path) {
    Set<String> aliases = new LinkedHashSet<>();
    Deque<Alias> open = new ArrayDeque<>(List.of(new Alias(path, Set.of())));
    while (!open.isEmpty() && aliases.size() < MOST_ALIASES) {
      Alias known = open.pop();
      for (int end = 0; end >= 0; end = next(known.path(), end)) {
        for (String link : byDestination.getOrDefault(known.path().substring(0, end), List.of())) {
          Alias alias = known.through(link, end);
          if (!known.links().contains(link) && aliases.add(alias.path())) {
            open.add(alias);
          }
        }
      }
    }
    return aliases;
  }

  private record Alias(String path, Set<String> links) {
    /** Returns the name by which a link leads here whose destination ends at {@code end}. */
    private Alias through(String link, int end) {
      Set<String> more = new HashSet<>(links);
      more.add(link);
      return new Alias(link + (end == 0 ? "/" + path : path.substring(end)), more);
    }
  }

  private static int next(String path, int end) {
    if (end == path.length()) {
      return -1;
    }
    int slash = path.indexOf('/', end + 1);
    return slash < 0 ? path.length() : slash;
  }
}
