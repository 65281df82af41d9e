package dev.dispense.cli.session;

import dev.dispense.Environment;
import dev.dispense.PrintableText;
import dev.dispense.cli.terminal.Printer;
import dev.dispense.cli.terminal.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The settings that there are. The library cannot know them, as a plugin may have some of its own;
 * the command knows all that is in it, and so can tell a name that was mistyped.
 */
final class KnownSettings {
  static final List<String> NAMES =
      List.of(
          "agent",
          "anthropic.api-key",
          "anthropic.auth-token",
          "anthropic.base-url",
          "claude.oauth-token",
          "claude.version",
          "daytona.api-url",
          "daytona.auto-stop-minutes",
          "daytona.snapshot",
          "daytona.target",
          "docker.apt-mirror",
          "docker.base-image",
          "git.max-history-bytes",
          "git.max-result-bytes",
          "image",
          "network",
          "network.hosts",
          "pool.size",
          "provider");

  /** Variables by which Dispense tells something to itself. */
  private static final Set<String> INTERNAL =
      Set.of("DISPENSE_EXEC", "DISPENSE_LAUNCHER", "DISPENSE_SOFTWARE", "DISPENSE_TASK");

  /** Those of routes, whose names the user chooses; also what a sandbox is told of them. */
  private static final Pattern ROUTE = Pattern.compile("route\\.[^.]+\\.(url|paths|header\\..+)");

  private static final Pattern ROUTE_VARIABLE =
      Pattern.compile("DISPENSE_ROUTE_[A-Z0-9]+(_URL|_PATHS|_HEADER_[A-Z0-9_]+)?");

  private static final String PREFIX = "DISPENSE_";
  private static final int MAX_TOLD = 5;

  private KnownSettings() {}

  /** Tells what the user set and nothing reads. */
  static void check(Environment host, Printer err) {
    List<String> variables = new ArrayList<>(List.of("DISPENSE_HOME"));
    for (String name : NAMES) {
      variables.add(PREFIX + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
    }
    Set<String> unknown = new TreeSet<>();
    for (String name : host.variables().keySet()) {
      if (name.startsWith(PREFIX)
          && !variables.contains(name)
          && !INTERNAL.contains(name)
          && !ROUTE_VARIABLE.matcher(name).matches()) {
        unknown.add(name);
      }
    }
    variables.add("DISPENSE_ROUTE_NAME_HEADER_HEADER");
    variables.add("DISPENSE_ROUTE_NAME_PATHS");
    variables.add("DISPENSE_ROUTE_NAME_URL");
    tell(unknown, "", variables, err);
    unknown = new TreeSet<>(host.settings().keySet());
    unknown.removeAll(NAMES);
    unknown.removeIf(name -> ROUTE.matcher(name).matches());
    List<String> names = new ArrayList<>(NAMES);
    names.addAll(List.of("route.NAME.header.HEADER", "route.NAME.paths", "route.NAME.url"));
    tell(unknown, " in config.properties", names, err);
  }

  private static void tell(Set<String> unknown, String where, List<String> known, Printer err) {
    int told = 0;
    for (String name : unknown) {
      if (told++ == MAX_TOLD) {
        err.line("Note: %d more have none either.".formatted(unknown.size() - MAX_TOLD));
        return;
      }
      List<String> near = Suggestions.of(withoutRoute(name), known);
      err.line(
          "Note: %s%s has no effect, as there is no setting of that name. %s"
              .formatted(
                  PrintableText.printable(name, 80),
                  where,
                  near.isEmpty()
                      ? "There is: " + String.join(", ", known) + "."
                      : "Did you mean: " + String.join(", ", near) + "?"));
    }
  }

  /** Returns a name as the list has it, where the user chooses a part of it. */
  private static String withoutRoute(String name) {
    return name.replaceFirst("^DISPENSE_ROUTE_[A-Z0-9]+_", "DISPENSE_ROUTE_NAME_")
        .replaceFirst("^route\\.[^.]+\\.", "route.NAME.")
        .replaceFirst("^(route\\.NAME\\.[^.]+)\\..+", "$1.HEADER");
  }
}
