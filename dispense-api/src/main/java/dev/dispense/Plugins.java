package dev.dispense;

import java.security.CodeSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The implementations of one extension point, by id: those that a program added, and those that
 * {@link ServiceLoader} finds. An id that two of them claim is an error, whoever came first.
 */
final class Plugins<T> {
  private final String kind;
  private final Map<String, T> byId = new LinkedHashMap<>();

  /**
   * @param kind the word for one of them in messages, such as {@code agent}
   * @param classPath whether to add those that {@link ServiceLoader} finds
   * @param ids tells the ids of one
   */
  Plugins(
      String kind, Class<T> type, List<T> added, boolean classPath, Function<T, List<String>> ids) {
    this.kind = kind;
    added.forEach(plugin -> add(plugin, ids));
    if (classPath) {
      Logger log = LoggerFactory.getLogger(Plugins.class);
      for (T plugin : ServiceLoader.load(type, Plugins.class.getClassLoader())) {
        add(plugin, ids);
        log.debug("Found the {} {}", kind, origin(plugin));
      }
    }
  }

  private void add(T plugin, Function<T, List<String>> ids) {
    for (String id : ids.apply(plugin)) {
      T other = byId.putIfAbsent(id, plugin);
      if (other != null) {
        throw new DispenseException(
            "Two implementations claim to be the %s '%s': %s and %s. Remove one from the class path."
                .formatted(kind, id, origin(other), origin(plugin)));
      }
    }
  }

  /** Returns the one with that id. */
  T get(String id) {
    T plugin = byId.get(id);
    if (plugin == null) {
      throw new NotFoundException(
          "There is no %s '%s'. %s"
              .formatted(
                  kind,
                  Text.printable(id, 60),
                  byId.isEmpty()
                      ? "None is on the class path."
                      : "There is: " + String.join(", ", ids()) + "."));
    }
    return plugin;
  }

  /** Returns all ids, in order of the alphabet. */
  List<String> ids() {
    return List.copyOf(new TreeSet<>(byId.keySet()));
  }

  private static String origin(Object plugin) {
    CodeSource source = plugin.getClass().getProtectionDomain().getCodeSource();
    return plugin.getClass().getName() + (source == null ? "" : " from " + source.getLocation());
  }
}
