package dev.dispense.core.config;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxSpec;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.Route;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.support.SecretReference;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The servers that this user's settings open to each new sandbox with a gateway, such as a package
 * registry that wants a token: {@code route.NAME.url}, {@code route.NAME.header.HEADER} and {@code
 * route.NAME.paths}. A sandbox finds one by a variable.
 */
public final class RouteSettings {

  private static final String PREFIX = "route.";
  private static final String URL = ".url";
  private static final String PATHS = ".paths";
  private static final String HEADER = ".header.";
  private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,20}");
  private static final Pattern SETTING = Pattern.compile("route\\.(.+?)\\.(url|paths|header\\..+)");
  // Names have no hyphens, so that only one setting can be meant by a variable.
  private static final Pattern VARIABLE =
      Pattern.compile(SandboxSpec.ROUTE_VARIABLE_PREFIX + "([A-Z0-9]+)_(URL|PATHS|HEADER_.+)");
  private static final Pattern VALUE =
      Pattern.compile("(?:([A-Za-z0-9_-]+)\\s+(?:([^\\s:]+)\\s+)?)?((?:env|file):.*)");

  private final Environment host;
  private final SandboxProvider provider;
  private final Progress.Listener progress;

  public RouteSettings(Environment host, SandboxProvider provider, Progress.Listener progress) {
    this.host = host;
    this.provider = provider;
    this.progress = progress;
  }

  /**
   * Returns the routes of a sandbox; none, which is told, when it has no gateway.
   *
   * @throws RefusedException when a setting is not valid
   * @throws UnavailableException when a key is not there
   */
  public List<Route> routes(NetworkPolicy network) {
    Map<String, Set<String>> headers = headers();
    if (!headers.isEmpty() && provider.gateways().flatMap(it -> it.gateway(network)).isEmpty()) {
      progress.onNotice(
          ("The sandbox has none of the routes in your settings (%s), as it has no gateway, where"
                  + " their keys are put in: that has a local sandbox whose network is not open.")
              .formatted(String.join(", ", headers.keySet())));
      return List.of();
    }
    List<Route> routes = new ArrayList<>();
    headers.forEach((name, names) -> routes.add(route(name, names)));
    return routes;
  }

  /** Returns the variables by which a sandbox finds its routes. */
  public static Map<String, String> variables(List<Route> routes, Gateway gateway) {
    Map<String, String> variables = new TreeMap<>();
    for (Route route : routes) {
      variables.put(
          SandboxSpec.ROUTE_VARIABLE_PREFIX + route.name().toUpperCase(Locale.ROOT),
          gateway.overLoopback(route).toString());
    }
    return variables;
  }

  /** Returns the names of all routes, each with those of the headers that are set for it. */
  private Map<String, Set<String>> headers() {
    Map<String, Set<String>> headers = new TreeMap<>();
    for (String setting : new TreeSet<>(host.settings().keySet())) {
      add(headers, SETTING.matcher(setting), setting);
    }
    for (String variable : new TreeSet<>(host.variables().keySet())) {
      Matcher matcher = VARIABLE.matcher(variable);
      if (matcher.matches() && host.variable(variable).isPresent()) {
        String part = matcher.group(2).replaceFirst("_", ".").replace('_', '-');
        String setting = PREFIX + matcher.group(1) + "." + part;
        String lower = setting.toLowerCase(Locale.ROOT);
        add(headers, SETTING.matcher(lower), lower);
      }
    }
    return headers;
  }

  private void add(Map<String, Set<String>> headers, Matcher matcher, String setting) {
    if (!matcher.matches() || host.setting(setting).isEmpty()) {
      return;
    }
    String name = matcher.group(1);
    if (!NAME.matcher(name).matches()) {
      throw invalid(
          setting, "the name of a route has lower-case letters and digits alone, 20 at the most.");
    }
    Set<String> names =
        headers.computeIfAbsent(name, key -> new TreeSet<>(String.CASE_INSENSITIVE_ORDER));
    if (matcher.group(2).startsWith("header.")) {
      names.add(matcher.group(2).substring("header.".length()));
    }
  }

  private Route route(String name, Set<String> headerNames) {
    String urlSetting = PREFIX + name + URL;
    String pathsSetting = PREFIX + name + PATHS;
    URI url =
        host.setting(urlSetting)
            .map(text -> url(urlSetting, text))
            .orElseThrow(
                () ->
                    new RefusedException(
                        "Tried to open the route '%s' of your settings but failed because %s is not set: set it to the address of the server, or remove the other settings of the route."
                            .formatted(name, urlSetting)));
    Map<String, Secret> headers = new TreeMap<>();
    for (String header : headerNames) {
      headers.put(header, value(PREFIX + name + HEADER + header));
    }
    List<String> paths =
        host.setting(pathsSetting).stream()
            .flatMap(text -> Stream.of(text.strip().split("[\\s,]+")))
            .toList();
    try {
      return new Route(name, url, headers, paths.isEmpty() ? List.of("/") : paths);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          "Tried to open the route '%s' of your settings but failed because one of them (%s%s.…) is not valid: %s"
              .formatted(name, PREFIX, name, e.getMessage()),
          e);
    }
  }

  private URI url(String setting, String text) {
    try {
      URI url = new URI(text.strip());
      if (url.getRawUserInfo() == null && url.getRawPath() != null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Neither the text nor that of the exception is shown: there may be a password in it.
    }
    throw invalid(
        setting,
        "write it as https://host or https://host:port/path, without user and password; a key goes"
            + " into a header.");
  }

  /** Reads what a header is to have: a key, what comes before it, and who it belongs to. */
  private Secret value(String setting) {
    String text = host.setting(setting).orElse("").strip();
    Matcher matcher = VALUE.matcher(text);
    boolean matches = matcher.matches();
    String key =
        SecretReference.resolve(
                host, host.settingAsGiven(setting), matches ? matcher.group(3).strip() : text)
            .secret()
            .reveal();
    Optional<String> scheme = Optional.ofNullable(matches ? matcher.group(1) : null);
    Optional<String> user = Optional.ofNullable(matches ? matcher.group(2) : null);
    if (user.isPresent()) {
      if (!scheme.orElseThrow().equalsIgnoreCase("Basic")) {
        throw invalid(setting, "only 'Basic' can have a user before the key: Basic USER env:NAME.");
      }
      key =
          Base64.getEncoder()
              .encodeToString((user.get() + ":" + key).getBytes(StandardCharsets.UTF_8));
    }
    return Secret.of(scheme.map(word -> word + " ").orElse("") + key);
  }

  private RefusedException invalid(String setting, String why) {
    return new RefusedException(
        "The setting %s cannot be used: %s"
            .formatted(PrintableText.printable(host.settingAsGiven(setting), 120), why));
  }
}
