package dev.dispense.daytona.http;

import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.ServerAddress;
import dev.dispense.support.ProxyVariables;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import okhttp3.Credentials;

/**
 * The proxy for TLS that {@linkplain ProxyVariables variables} name, but for the exceptions that
 * are named too. This machine is never reached through a proxy.
 */
final class EnvironmentProxy extends ProxySelector {
  private static final int DEFAULT_PORT = 80;
  private static final int SOCKS_PORT = 1080;
  private static final Set<String> SCHEMES = Set.of("http", "socks5", "socks5h");

  private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern NETWORK = Pattern.compile(ADDRESS + "/\\d{1,2}");

  private final String variable;
  private final URI url;
  private final List<String> exceptions;

  private EnvironmentProxy(String variable, URI url, List<String> exceptions) {
    this.variable = variable;
    this.url = url;
    this.exceptions = exceptions;
  }

  /**
   * Returns the proxy; empty when no variable names one.
   *
   * @throws UnavailableException when what is named is no proxy that can be used
   */
  static Optional<EnvironmentProxy> of(Environment host) {
    ProxyVariables variables = ProxyVariables.of(host);
    return variables
        .tls()
        .map(it -> new EnvironmentProxy(it.variable(), url(it), variables.exceptions()));
  }

  private static URI url(ProxyVariables.Proxy proxy) {
    return proxy
        .url(SCHEMES)
        .orElseThrow(
            () ->
                new UnavailableException(
                    "Tried to reach Daytona through the proxy that "
                        + proxy.variable()
                        + " names but failed because its value is no address of a proxy that can be"
                        + " used. It must look like http://proxy.example.org:3128; unset it, or"
                        + " list Daytona's host in NO_PROXY, to do without."));
  }

  /** Returns the name of the variable. */
  String variable() {
    return variable;
  }

  /** Returns whether this host is reached through the proxy. */
  boolean isFor(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    return !ServerAddress.isLoopback(name)
        && exceptions.stream().noneMatch(entry -> covers(entry, name, port));
  }

  private static boolean covers(String entry, String host, int port) {
    String name = entry.endsWith(":" + port) ? entry.substring(0, entry.lastIndexOf(':')) : entry;
    return name.equals("*")
        || host.equals(name)
        || host.endsWith("." + name)
        || (NETWORK.matcher(name).matches()
            && ADDRESS.matcher(host).matches()
            && contains(name, host));
  }

  private static boolean contains(String network, String address) {
    int slash = network.indexOf('/');
    int ignored = Integer.SIZE - Integer.parseInt(network.substring(slash + 1));
    return ignored >= 0
        && number(network.substring(0, slash)) >>> ignored == number(address) >>> ignored;
  }

  private static long number(String address) {
    long number = 0;
    for (String part : address.split("\\.", -1)) {
      number = number << Byte.SIZE | Integer.parseInt(part);
    }
    return number;
  }

  @Override
  public List<Proxy> select(URI target) {
    int port = target.getPort() < 0 ? 443 : target.getPort();
    return List.of(isFor(String.valueOf(target.getHost()), port) ? proxy() : Proxy.NO_PROXY);
  }

  private Proxy proxy() {
    boolean isSocks = !url.getScheme().equalsIgnoreCase("http");
    int port = url.getPort() >= 0 ? url.getPort() : isSocks ? SOCKS_PORT : DEFAULT_PORT;
    return new Proxy(
        isSocks ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
        InetSocketAddress.createUnresolved(url.getHost(), port));
  }

  @Override
  public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
    // Who made the call is told.
  }

  /** Returns what the proxy wants to see, where its address has a user and a password. */
  Optional<String> credentials() {
    return ProxyVariables.Login.in(url)
        .map(login -> Credentials.basic(login.user(), login.password()));
  }

  /** Returns the proxy without what is secret in its address. */
  @Override
  public String toString() {
    return "the proxy "
        + url.getHost()
        + (url.getPort() < 0 ? "" : ":" + url.getPort())
        + " (from "
        + variable
        + ")";
  }
}
