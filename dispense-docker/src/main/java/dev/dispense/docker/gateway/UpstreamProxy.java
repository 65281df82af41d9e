package dev.dispense.docker.gateway;

import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.ContainerNames;
import dev.dispense.support.ProxyVariables;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The way out of a gateway where {@linkplain ProxyVariables variables} name a proxy. Only Squid
 * knows it, and its password.
 *
 * @param tunnels where TLS goes, when it does not go out directly
 * @param plain where HTTP goes, when it does not go out directly
 * @param exceptions what is reached directly, as {@link ProxyVariables#exceptions} has it
 */
record UpstreamProxy(Optional<Peer> tunnels, Optional<Peer> plain, List<String> exceptions) {
  private static final int DEFAULT_PORT = 80;
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]+]");
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*");

  /**
   * A proxy.
   *
   * @param login the user and the password, as Squid's configuration has them
   */
  record Peer(String host, int port, Optional<String> login) {
    /** Returns the peer without what is secret. */
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /**
   * Returns what the caller's variables say; empty when nothing goes through a proxy.
   *
   * @param machine makes of a host name the one by which the gateway reaches it
   * @throws UnavailableException when what they name is no proxy that Squid can go through
   */
  static Optional<UpstreamProxy> of(Environment host, UnaryOperator<String> machine) {
    ProxyVariables variables = ProxyVariables.of(host);
    Optional<Peer> tunnels = variables.tls().map(proxy -> peer(proxy, machine));
    Optional<Peer> plain = variables.plain().map(proxy -> peer(proxy, machine));
    List<String> exceptions = variables.exceptions();
    return (tunnels.isEmpty() && plain.isEmpty()) || exceptions.contains("*")
        ? Optional.empty()
        : Optional.of(new UpstreamProxy(tunnels, plain, exceptions));
  }

  private static Peer peer(ProxyVariables.Proxy proxy, UnaryOperator<String> machine) {
    return proxy
        .url(Set.of("http"))
        .filter(url -> HOST.matcher(url.getHost()).matches())
        .flatMap(url -> peer(url, machine))
        .orElseThrow(
            () ->
                new UnavailableException(
                    "Tried to find the gateway's way out but failed because the value of "
                        + proxy.variable()
                        + " is no proxy that it can go through: that is one that is spoken to by"
                        + " HTTP, not by TLS or SOCKS. It must look like"
                        + " http://proxy.example.org:3128; a user and a password can be in it."
                        + " Correct it, or create the sandbox with an open network."));
  }

  private static Optional<Peer> peer(URI url, UnaryOperator<String> machine) {
    try {
      return Optional.of(
          new Peer(
              machine.apply(url.getHost()).replaceAll("[\\[\\]]", ""),
              url.getPort() < 0 ? DEFAULT_PORT : url.getPort(),
              ProxyVariables.Login.in(url).map(UpstreamProxy::login)));
    } catch (IllegalArgumentException e) {
      // The text of the exception may have a password in it.
      return Optional.empty();
    }
  }

  /** Returns a user and a password with everything escaped that could mean something to Squid. */
  private static String login(ProxyVariables.Login login) {
    return escaped(login.user()) + ":" + escaped(login.password());
  }

  private static String escaped(String plain) {
    StringBuilder text = new StringBuilder();
    for (byte next : plain.getBytes(StandardCharsets.UTF_8)) {
      boolean isSafe = next >= 0 && Character.isLetterOrDigit(next);
      text.append(isSafe ? String.valueOf((char) next) : "%%%02X".formatted(next & 0xff));
    }
    return text.toString();
  }

  /** Returns it as Squid's configuration includes it; has the password. */
  String squid() {
    List<String> lines = new ArrayList<>();
    // A name that only the other proxy can resolve must not be waited for.
    lines.add("dns_timeout 5 seconds");
    lines.add("acl known " + (tunnels.isEmpty() ? "dst" : "src") + " all");
    lines.add("http_port 127.0.0.1:3130 name=routes");
    lines.add("acl routes myportname routes");
    lines.add("http_access allow routes CONNECT self");
    lines.add("http_access deny routes");
    tunnels.ifPresent(peer -> addPeer(lines, peer, "tunnels", "CONNECT"));
    plain.ifPresent(peer -> addPeer(lines, peer, "plain", "!CONNECT"));
    lines.add("always_direct deny first CONNECT");
    lines.add("acl machine dstdomain -n " + ContainerNames.HOST_ADDRESS);
    lines.add("always_direct allow machine");
    for (String exception : exceptions) {
      addException(lines, exception, "direct" + lines.size());
    }
    if (tunnels.isEmpty()) {
      lines.add("always_direct allow CONNECT");
    }
    if (plain.isEmpty()) {
      lines.add("always_direct allow !CONNECT");
    }
    lines.add("never_direct allow all");
    return String.join("\n", lines) + "\n";
  }

  private static void addPeer(List<String> lines, Peer peer, String name, String method) {
    lines.add(
        "cache_peer %s parent %d 0 no-query no-digest no-netdb-exchange name=%s%s"
            .formatted(
                peer.host(), peer.port(), name, peer.login().map(it -> " login=" + it).orElse("")));
    lines.add("cache_peer_access " + name + " deny first CONNECT");
    lines.add("cache_peer_access " + name + " allow " + method);
    lines.add("cache_peer_access " + name + " deny all");
  }

  /** Adds a host and all below it, an address or a network; what is none of these means nothing. */
  private static void addException(List<String> lines, String exception, String acl) {
    String host = exception;
    String port = "";
    if (host.matches("[^:]+:[0-9]{1,5}")) {
      port = host.substring(host.indexOf(':') + 1);
      host = host.substring(0, host.indexOf(':'));
    }
    String address = host.replaceAll("[\\[\\]]", "");
    if (isNetwork(address)) {
      lines.add("acl " + acl + " dst -n " + address);
    } else if (NAME.matcher(host).matches()) {
      lines.add("acl " + acl + " dstdomain -n ." + host);
    } else {
      return;
    }
    if (!port.isEmpty()) {
      lines.add("acl " + acl + "port port " + port);
    }
    lines.add("always_direct allow " + acl + (port.isEmpty() ? "" : " " + acl + "port"));
  }

  private static boolean isNetwork(String text) {
    String[] parts = text.split("/", 2);
    int most = parts[0].contains(":") ? 128 : 32;
    return isAddress(parts[0])
        && (parts.length == 1
            || (parts[1].matches("[0-9]{1,3}") && Integer.parseInt(parts[1]) <= most));
  }

  private static boolean isAddress(String text) {
    try {
      // What looks like an address is not asked of any name server.
      return ADDRESS.matcher(text).matches() && InetAddress.getByName(text) != null;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
