package dev.dispense.docker.gateway;

import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.ContainerNames;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The way out of a gateway where the variables {@code HTTPS_PROXY} and {@code HTTP_PROXY} name a
 * proxy. Only Squid knows it, and its password; {@code NO_PROXY} lists what is reached without it.
 *
 * @param tunnels where TLS goes, when it does not go out directly
 * @param plain where HTTP goes, when it does not go out directly
 * @param exceptions what is reached directly, as {@code NO_PROXY} has it
 */
record UpstreamProxy(Optional<Peer> tunnels, Optional<Peer> plain, List<String> exceptions) {
  private static final int DEFAULT_PORT = 80;
  private static final int HIGHEST_PORT = 65_535;
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
    Optional<Peer> tunnels = peer(host, machine, "HTTPS_PROXY", "https_proxy");
    Optional<Peer> plain = peer(host, machine, "http_proxy", "HTTP_PROXY");
    String noProxy = host.variable("NO_PROXY").or(() -> host.variable("no_proxy")).orElse("");
    List<String> exceptions =
        Stream.of(noProxy.toLowerCase(Locale.ROOT).split("[,\\s]+"))
            .filter(entry -> !entry.isEmpty())
            .toList();
    return (tunnels.isEmpty() && plain.isEmpty()) || exceptions.contains("*")
        ? Optional.empty()
        : Optional.of(new UpstreamProxy(tunnels, plain, exceptions));
  }

  private static Optional<Peer> peer(
      Environment host, UnaryOperator<String> machine, String first, String second) {
    return Stream.of(first, second, "ALL_PROXY", "all_proxy")
        .filter(name -> host.variable(name).isPresent())
        .findFirst()
        .map(name -> peer(name, host.variable(name).orElseThrow().strip(), machine));
  }

  private static Peer peer(String variable, String value, UnaryOperator<String> machine) {
    try {
      URI url = new URI(value.contains("://") ? value : "http://" + value);
      if (url.getHost() != null
          && HOST.matcher(url.getHost()).matches()
          && "http".equalsIgnoreCase(url.getScheme())
          && url.getPort() <= HIGHEST_PORT) {
        return new Peer(
            machine.apply(url.getHost()).replaceAll("[\\[\\]]", ""),
            url.getPort() < 0 ? DEFAULT_PORT : url.getPort(),
            Optional.ofNullable(url.getRawUserInfo()).map(UpstreamProxy::login));
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      // Its text may have a password in it, and so has that of the exception.
    }
    throw new UnavailableException(
        "Tried to find the gateway's way out but failed because the value of "
            + variable
            + " is no proxy that it can go through: that is one that is spoken to by HTTP, not by"
            + " TLS or SOCKS. It must look like http://proxy.example.org:3128; a user and a"
            + " password can be in it. Correct it, or create the sandbox with an open network.");
  }

  /** Returns a user and a password with everything escaped that could mean something to Squid. */
  private static String login(String info) {
    String[] parts = info.split(":", 2);
    return escaped(parts[0]) + ":" + (parts.length > 1 ? escaped(parts[1]) : "");
  }

  private static String escaped(String part) {
    String plain = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
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
    String host = exception.replaceFirst("^\\*?\\.", "").replaceFirst("\\.$", "");
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
