package dev.dispense.walls;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Which packages of Dispense name which others, as {@code jdeps} reads it from compiled classes.
 *
 * @param edges the packages that each package names
 */
record PackageGraph(Map<String, Set<String>> edges) {
  private static final Pattern EDGE =
      Pattern.compile("^\\s+(dev\\.dispense[\\w.]*)\\s+->\\s+(dev\\.dispense[\\w.]*)\\s");

  /** Reads the classes below a directory. */
  static PackageGraph of(Path classes) {
    List<String> arguments =
        new ArrayList<>(List.of("--multi-release", "base", "-verbose:package"));
    arguments.addAll(classFiles(classes));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IllegalStateException("jdeps failed: " + out + err);
    }
    Map<String, Set<String>> edges = new TreeMap<>();
    for (String line : out.toString().lines().toList()) {
      Matcher matcher = EDGE.matcher(line + " ");
      if (matcher.find()) {
        edges.computeIfAbsent(matcher.group(1), name -> new TreeSet<>()).add(matcher.group(2));
      }
    }
    return new PackageGraph(edges);
  }

  /** Each for itself: of a directory with a module in it, jdeps would want all that it requires. */
  private static List<String> classFiles(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .map(Path::toString)
          .filter(file -> file.endsWith(".class") && !file.endsWith("module-info.class"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the packages that a package names. */
  Set<String> namedBy(String name) {
    return edges.getOrDefault(name, Set.of());
  }

  /** Returns a cycle, its first package being its last too; empty when there is none. */
  List<String> cycle() {
    Set<String> done = new HashSet<>();
    for (String start : edges.keySet()) {
      List<String> cycle = cycle(start, new ArrayList<>(), done);
      if (!cycle.isEmpty()) {
        return cycle;
      }
    }
    return List.of();
  }

  private List<String> cycle(String name, List<String> path, Set<String> done) {
    int seen = path.indexOf(name);
    path.add(name);
    if (seen >= 0) {
      return path.subList(seen, path.size());
    }
    if (!done.contains(name)) {
      for (String next : namedBy(name)) {
        List<String> cycle = cycle(next, path, done);
        if (!cycle.isEmpty()) {
          return cycle;
        }
      }
      done.add(name);
    }
    path.remove(path.size() - 1);
    return List.of();
  }
}
