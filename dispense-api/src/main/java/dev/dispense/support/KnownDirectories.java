package dev.dispense.support;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directories below a root that are known to be there and to be no links, so that they need not
 * be looked at again for each file below them. Only so many are kept in memory.
 */
final class KnownDirectories {
  private static final int MOST = 50_000;

  private Node top = new Node();
  private int count;

  private static final class Node {
    private final Map<String, Node> below = new HashMap<>(1);
  }

  /** Returns how many of these names, each below the one before, are known from the first on. */
  int known(List<String> names) {
    Node node = top;
    for (int i = 0; i < names.size(); i++) {
      @Nullable Node next = node.below.get(names.get(i));
      if (next == null) {
        return i;
      }
      node = next;
    }
    return names.size();
  }

  /** Adds the directories of these names, each below the one before. */
  void add(List<String> names) {
    if (count > MOST) {
      top = new Node();
      count = 0;
    }
    Node node = top;
    for (String name : names) {
      Node next = node.below.get(name);
      if (next == null) {
        next = new Node();
        node.below.put(name, next);
        count++;
      }
      node = next;
    }
  }
}
