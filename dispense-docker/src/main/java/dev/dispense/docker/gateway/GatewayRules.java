package dev.dispense.docker.gateway;

import dev.dispense.NetworkPolicy;
import dev.dispense.spi.Route;
import java.net.URI;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The configuration of one sandbox at the gateway, as nginx and {@code allowed.sh} read it.
 *
 * @param number the sandbox
 */
public record GatewayRules(int number) {
  /** What a sandbox may think to be a key; it is never passed on. */
  private static final List<String> CREDENTIALS =
      List.of(
          "Authorization",
          "Proxy-Authorization",
          "X-Api-Key",
          "X-Goog-Api-Key",
          "Api-Key",
          "Cookie",
          "Connection");

  private static final String WEB = " web";
  private static final String INSIDE = " inside";

  /** Returns the path of a file of the sandbox, as the gateway sees it. */
  private String path(String file) {
    return "/gateway/sandboxes/" + number + "/" + file;
  }

  /**
   * Returns the server of the routes.
   *
   * @param generation what it answers when it is asked whether it is this one
   */
  String http(String generation) {
    return """
    server {
      listen unix:%s;
      access_log %s route;
      if ($uri ~ "[[:cntrl:]]") { return 400; }
    %s\
      location / { return 403 "There is no such route.\n"; }
      location = /generation { access_log off; return 200 %s; }
      include %s;
    }
    """
        .formatted(
            path("sockets/model.sock"),
            path("model.log"),
            TaskPasses.http(number, path("")).indent(2),
            generation,
            path("routes-*.conf"));
  }

  /** Returns the way to Squid, which knows the sandbox by the address that it is given here. */
  String stream() {
    return """
    server {
      listen unix:%s;
      proxy_bind 127.1.%d.%d;
      proxy_pass 127.0.0.1:3128;
      proxy_connect_timeout 10s;
      proxy_timeout 1d;
    }
    """
        .formatted(path("sockets/proxy.sock"), number / 256, number % 256);
  }

  /** Returns the name of the file of a route. */
  static String file(Route route) {
    return "routes-" + route.path().substring(1) + ".conf";
  }

  /** Returns the way of one route. */
  static String route(Route route, GatewayUpstream upstream) {
    URI url = route.upstream();
    StringBuilder text = new StringBuilder();
    for (String path : route.paths()) {
      text.append("location ").append(route.path()).append(path).append(" {\n");
      line(text, "limit_except GET POST { deny all; }");
      line(text, "if ($asked = \"\") { return 400 \"This path has more than one meaning.\\n\"; }");
      // By a variable: an address that is not known yet must not keep nginx from starting.
      line(text, "set $upstream " + upstream.address() + ";");
      line(text, "proxy_pass $upstream$asked;");
      line(text, "proxy_redirect \"" + upstream.redirect() + "\" $here$as" + route.path() + "$1;");
      // Here nothing speaks TLS; authorities that nobody asks would be read for each location.
      line(text, "proxy_ssl_verify off;");
      String tlsName = url.getHost().replaceAll("[\\[\\]]", "");
      upstream
          .secured()
          .ifPresent(
              server -> {
                line(text, "proxy_set_header X-Gateway-Server " + server + ";");
                line(text, "proxy_set_header X-Gateway-Name " + tlsName + ";");
              });
      headers(route, url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()))
          .forEach((name, value) -> line(text, "proxy_set_header " + name + " " + value + ";"));
      text.append("}\n");
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append("  ").append(line).append('\n');
  }

  private static Map<String, String> headers(Route route, String host) {
    Set<String> own =
        route.headers().keySet().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", host);
    CREDENTIALS.stream()
        .filter(name -> !own.contains(name.toLowerCase(Locale.ROOT)))
        .forEach(name -> headers.put(name, "\"\""));
    route.headers().entrySet().stream()
        .sorted(Comparator.comparing(Map.Entry::getKey))
        .forEach(header -> headers.put(header.getKey(), quoted(header.getValue().reveal())));
    return headers;
  }

  /** Quotes a text for nginx, where a dollar begins a variable in any case. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "${dollar}") + '"';
  }

  /**
   * Returns the hosts that may be reached, as {@code allowed.sh} reads them. Those that the user
   * has named may be in a private network; those of the {@linkplain NetworkPolicy#STARTER starter
   * list} or of a project may not.
   */
  public static String allow(NetworkPolicy.Allow policy) {
    StringBuilder text = new StringBuilder();
    for (String host : new TreeSet<>(policy.hosts())) {
      text.append(host.contains(":") ? host.replace(':', ' ') : host + WEB);
      boolean isPublic =
          NetworkPolicy.STARTER.hosts().contains(host) || policy.publicHosts().contains(host);
      text.append(isPublic ? "\n" : INSIDE + "\n");
    }
    return text.toString();
  }

  /** Reads what {@link #allow} has written. */
  static NetworkPolicy.Allow allowed(String text) {
    NetworkPolicy.Allow policy = new NetworkPolicy.Allow(Set.of());
    for (String line : text.split("\n", -1)) {
      String[] words = line.split(" ", -1);
      if (words.length > 1) {
        Set<String> host = Set.of(line.contains(WEB) ? words[0] : words[0] + ":" + words[1]);
        boolean isInside = line.endsWith(INSIDE) || NetworkPolicy.STARTER.hosts().containsAll(host);
        policy = isInside ? policy.with(host) : policy.withPublic(host);
      }
    }
    return policy;
  }
}
