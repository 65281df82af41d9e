package dev.dispense.agents;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import dev.dispense.spi.Agent;
import dev.dispense.support.ProxyVariables;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Where the model is, as seen from the sandbox. */
final class ModelEndpoint {
  private static final String VARIABLE = "ANTHROPIC_BASE_URL";
  // Only what is an address already is given to InetAddress, which would ask the DNS for a name.
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[.*]");

  private ModelEndpoint() {}

  /** Returns the variables that lead the agent to its model; none when it is Anthropic's own. */
  static Map<String, String> environment(Agent.Request request) {
    if (request.network() instanceof NetworkPolicy.None) {
      throw new RefusedException(
          "Tried to start Claude Code but failed because its sandbox has no network and so cannot"
              + " reach the model: create the sandbox with another network policy.");
    }
    Environment host = request.host();
    Optional<URI> configured = configured(host);
    if (configured.isEmpty()) {
      return Map.of();
    }
    URI url = configured.get();
    Map<String, String> environment = new TreeMap<>();
    if (isThisMachine(url)) {
      String address =
          request
              .hostAddress()
              .orElseThrow(
                  () ->
                      new RefusedException(
                          "Tried to start Claude Code but failed because its model is at "
                              + url
                              + ", which is this machine, and the sandbox cannot reach this"
                              + " machine: set ANTHROPIC_BASE_URL to an address that it can"
                              + " reach, or use a local provider."));
      environment.put(VARIABLE, withHost(url, address));
      ProxyVariables proxies = ProxyVariables.of(host);
      if (proxies.tls().isPresent() || proxies.plain().isPresent()) {
        String exceptions = proxies.exceptionsAnd(address);
        environment.put("NO_PROXY", exceptions);
        environment.put("no_proxy", exceptions);
      }
    } else {
      environment.put(VARIABLE, url.toString());
    }
    return environment;
  }

  /** Returns the address that the user has set; empty when it is Anthropic's own. */
  static Optional<URI> configured(Environment host) {
    return host.setting("anthropic.base-url")
        .or(() -> host.variable(VARIABLE))
        .map(ModelEndpoint::parse);
  }

  private static URI parse(String text) {
    URI url;
    try {
      url = new URI(text.strip());
    } catch (URISyntaxException e) {
      // Neither the text nor the cause, which has the text in it: there may be a password there.
      throw new RefusedException(
          "Tried to use ANTHROPIC_BASE_URL but failed because it is not a URL: write it as"
              + " https://host or http://host:port.");
    }
    String authority = url.getRawAuthority();
    if (authority != null && authority.contains("@")) {
      throw new RefusedException(
          "Tried to use ANTHROPIC_BASE_URL but failed because there is a user name or password in"
              + " it, which everything in the sandbox could read: remove it, and set"
              + " ANTHROPIC_AUTH_TOKEN or ANTHROPIC_CUSTOM_HEADERS instead.");
    }
    String scheme = url.getScheme();
    if (authority == null || scheme == null || !scheme.toLowerCase(Locale.ROOT).matches("https?")) {
      throw new RefusedException(
          "Tried to use ANTHROPIC_BASE_URL but failed because it is not an http or https URL:"
              + " write it as https://host or http://host:port.");
    }
    return url;
  }

  private static boolean isThisMachine(URI url) {
    String name = url.getHost();
    if (name == null) {
      return false;
    }
    name = name.toLowerCase(Locale.ROOT);
    if (name.equals("localhost") || name.endsWith(".localhost")) {
      return true;
    }
    if (!ADDRESS.matcher(name).matches()) {
      return false;
    }
    try {
      InetAddress address = InetAddress.getByName(name);
      return address.isLoopbackAddress() || address.isAnyLocalAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String withHost(URI url, String address) {
    StringBuilder text = new StringBuilder(url.getScheme()).append("://").append(address);
    if (url.getPort() >= 0) {
      text.append(':').append(url.getPort());
    }
    text.append(url.getRawPath());
    if (url.getRawQuery() != null) {
      text.append('?').append(url.getRawQuery());
    }
    return text.toString();
  }
}
