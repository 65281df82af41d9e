package dev.dispense.testkit.daytona.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which handler answers which method and path. */
public final class Routes<H> {
  private final List<Route<H>> routes = new ArrayList<>();

  /**
   * Adds a route; the first one that fits is taken.
   *
   * @param template the path without a slash at its beginning; {@code {name}} fits any part
   */
  public Routes<H> on(String method, String template, H handler) {
    routes.add(new Route<>(method, List.of(template.split("/", -1)), handler));
    return this;
  }

  public Optional<Found<H>> find(String method, List<String> path) {
    for (Route<H> route : routes) {
      if (route.method().equals(method) && route.template().size() == path.size()) {
        Map<String, String> names = new HashMap<>();
        if (fits(route.template(), path, names)) {
          return Optional.of(new Found<>(route.handler(), names));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean fits(List<String> template, List<String> path, Map<String, String> names) {
    for (int i = 0; i < path.size(); i++) {
      String part = template.get(i);
      if (part.startsWith("{")) {
        names.put(part.substring(1, part.length() - 1), path.get(i));
      } else if (!part.equals(path.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** A handler, and what stands in the path where the template has names. */
  public record Found<H>(H handler, Map<String, String> names) {}

  private record Route<H>(String method, List<String> template, H handler) {}
}
