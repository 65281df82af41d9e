package dev.dispense.core.config;

import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.Plugin;
import dev.dispense.PrintableText;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The implementations of one extension point, by id: those that a program added, and those that
 * {@link ServiceLoader} finds. An id that two classes claim is an error, whoever came first. An
 * entry that cannot be loaded is told to who asks for an id that is not there.
 */
public final class Plugins<T extends Plugin> {
  private final String kind;
  private final Map<String, T> byId = new LinkedHashMap<>();
  private final Set<String> broken = new LinkedHashSet<>();
  private final Optional<String> preferred;

  /**
   * @param kind the word for one of them in messages, such as {@code agent}
   * @param classPath whether to add those that {@link ServiceLoader} finds
   */
  public Plugins(String kind, Class<T> type, List<T> added, boolean classPath) {
    this.kind = kind;
    added.forEach(this::add);
    preferred = byId.size() == 1 ? byId.keySet().stream().findFirst() : Optional.empty();
    if (classPath) {
      Set<Class<?>> known = new LinkedHashSet<>();
      added.forEach(plugin -> known.add(plugin.getClass()));
      for (ClassLoader loader : loaders()) {
        load(ServiceLoader.load(type, loader).stream().iterator(), type, loader, known);
      }
    }
  }

  /** Returns the id that is meant where none is named: the only one that the program added. */
  public Optional<String> preferred() {
    return preferred;
  }

  /** Returns the loader of Dispense, and that of a program which has another for its plugins. */
  private static Set<ClassLoader> loaders() {
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    loaders.add(Plugins.class.getClassLoader());
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      loaders.add(context);
    }
    return loaders;
  }

  private void load(
      Iterator<ServiceLoader.Provider<T>> entries,
      Class<T> type,
      ClassLoader loader,
      Set<Class<?>> known) {
    Logger log = LoggerFactory.getLogger(Plugins.class);
    boolean more = true;
    while (more) {
      try {
        more = entries.hasNext();
        if (more) {
          ServiceLoader.Provider<T> entry = entries.next();
          if (known.add(entry.type())) {
            T plugin = entry.get();
            add(plugin);
            log.debug("Found the {} {}", kind, origin(plugin));
          }
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        broken.add(new ServiceFiles(type, loader).describe(e));
      }
    }
  }

  private void add(T plugin) {
    for (String id : plugin.ids()) {
      T other = byId.putIfAbsent(id, plugin);
      if (other != null) {
        throw new DispenseException(
            "Two implementations claim to be the %s '%s': %s and %s. Remove one from the class path."
                .formatted(kind, id, origin(other), origin(plugin)));
      }
    }
  }

  /**
   * Returns the one with that id.
   *
   * @throws NotFoundException when there is none
   * @throws DispenseException when there is none, and one could not be loaded, which it may be
   */
  public T get(String id) {
    T plugin = byId.get(id);
    if (plugin != null) {
      return plugin;
    }
    String message =
        "There is no %s '%s'. %s"
            .formatted(
                kind,
                PrintableText.printable(id, 60),
                byId.isEmpty()
                    ? "None is on the class path."
                    : "There is: " + String.join(", ", ids()) + ".");
    if (broken.isEmpty()) {
      throw new NotFoundException(message);
    }
    List<String> all = new ArrayList<>(List.of(message));
    all.addAll(broken);
    throw new DispenseException(String.join(" ", all));
  }

  /** Returns all ids, in order of the alphabet. */
  public List<String> ids() {
    return List.copyOf(new TreeSet<>(byId.keySet()));
  }

  private static String origin(Object plugin) {
    CodeSource source = plugin.getClass().getProtectionDomain().getCodeSource();
    return plugin.getClass().getName() + (source == null ? "" : " from " + source.getLocation());
  }
}
