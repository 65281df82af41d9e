package dev.dispense.docker.gateway;

import dev.dispense.docker.image.ImageDefinition;
import dev.dispense.spi.Route;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How nginx reaches the server of a route: directly, or, where the gateway's way out is another
 * proxy, by a socket that {@code exits.sh} leads there through Squid.
 *
 * @param url the server and the beginning of all paths
 * @param reached the name by which the gateway reaches it
 * @param throughSquid whether it is reached through Squid
 */
record GatewayUpstream(URI url, String reached, boolean throughSquid) {
  private static final int TLS_PORT = 443;
  private static final int PLAIN_PORT = 80;
  private static final int DIGITS = 16;

  /**
   * @param machine makes of a host name the one by which the gateway reaches it
   * @param hasExit whether the gateway's way out is another proxy; this machine is reached without
   */
  static GatewayUpstream of(Route route, UnaryOperator<String> machine, boolean hasExit) {
    String host = route.upstream().getHost();
    String reached = machine.apply(host);
    return new GatewayUpstream(route.upstream(), reached, hasExit && reached.equals(host));
  }

  /** Returns where a route leads, with the beginning of all paths. */
  String address() {
    return (isSecure() ? "http://unix:/tmp/tls.sock:" : server("http")) + base();
  }

  /** Returns where what speaks TLS for all routes leads, without a path; empty without TLS. */
  Optional<String> secured() {
    return isSecure() ? Optional.of(server("https")) : Optional.empty();
  }

  private boolean isSecure() {
    return scheme().equals("https");
  }

  private String server(String scheme) {
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    String server = throughSquid ? "unix:/tmp/exits/" + digits() + "/socket:" : reached + port;
    return scheme + "://" + server;
  }

  /** Returns the beginning of all paths, without a slash at its end. */
  String base() {
    return url.getRawPath().replaceAll("/+$", "");
  }

  /** Returns the host and the port. */
  String server() {
    int port = url.getPort() < 0 ? usualPort() : url.getPort();
    return url.getHost() + ":" + port;
  }

  /** Returns the name of the file of the sandbox that has {@code exits.sh} lead there. */
  String file() {
    return "exit-" + digits();
  }

  // The name of a socket cannot be as long as that of a host.
  private String digits() {
    return ImageDefinition.hash(List.of(server())).substring(0, DIGITS);
  }

  /** Returns a pattern for where an answer leads that stays at the server, from the base on. */
  String redirect() {
    boolean isUsual = url.getPort() < 0 || url.getPort() == usualPort();
    String port = isUsual ? "(?::" + usualPort() + ")?" : ":" + url.getPort();
    String server = scheme() + "://" + literal(url.getHost()) + port;
    return "~*^(?:" + server + ")?" + literal(base()) + "(/(?!/).*)$";
  }

  private String scheme() {
    return url.getScheme().toLowerCase(Locale.ROOT);
  }

  private int usualPort() {
    return scheme().equals("https") ? TLS_PORT : PLAIN_PORT;
  }

  private static String literal(String text) {
    return text.replaceAll("[.\\[\\]]", "\\\\$0");
  }
}
