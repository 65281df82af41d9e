package dev.dispense.support;

import dev.dispense.Environment;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The proxies that the user's variables name. Of those that say the same, the first one that is set
 * and not empty counts:
 *
 * <ul>
 *   <li>for TLS: {@code HTTPS_PROXY}, {@code https_proxy}, {@code ALL_PROXY}, {@code all_proxy}
 *   <li>for HTTP without TLS: {@code http_proxy}, {@code HTTP_PROXY}, {@code ALL_PROXY}, {@code
 *       all_proxy}
 *   <li>for what is reached without a proxy: {@code NO_PROXY}, {@code no_proxy}
 * </ul>
 *
 * <p>{@code http_proxy} comes first in lower case, as in curl: where a web server started the
 * program, its clients choose {@code HTTP_PROXY}.
 */
public final class ProxyVariables {
  private static final List<String> TLS =
      List.of("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy");
  private static final List<String> PLAIN =
      List.of("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy");
  private static final List<String> EXCEPTIONS = List.of("NO_PROXY", "no_proxy");
  private static final List<String> PASSED_ON =
      List.of("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy");

  private final Environment host;

  private ProxyVariables(Environment host) {
    this.host = host;
  }

  /** Returns what the variables of this user say. */
  public static ProxyVariables of(Environment host) {
    return new ProxyVariables(host);
  }

  /** Returns the proxy for TLS; empty when there is none. */
  public Optional<Proxy> tls() {
    return first(TLS);
  }

  /** Returns the proxy for HTTP without TLS; empty when there is none. */
  public Optional<Proxy> plain() {
    return first(PLAIN);
  }

  private Optional<Proxy> first(List<String> names) {
    return names.stream()
        .flatMap(name -> host.variable(name).map(it -> new Proxy(name, it.strip())).stream())
        .findFirst();
  }

  /**
   * Returns what is reached without a proxy: hosts, which stand for those below them too, addresses
   * and networks, all in lower case; a port may follow with a colon. {@code *} is everything.
   */
  public List<String> exceptions() {
    return Stream.of(exceptionsAsSet().orElse("").split("[,\\s]+"))
        .map(
            it -> it.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "").replaceFirst("\\.$", ""))
        .filter(it -> !it.isEmpty())
        .toList();
  }

  /** Returns a value for {@code NO_PROXY} that has one more host. */
  public String exceptionsAnd(String another) {
    return exceptionsAsSet().map(it -> it + "," + another).orElse(another);
  }

  private Optional<String> exceptionsAsSet() {
    return EXCEPTIONS.stream().flatMap(name -> host.variable(name).stream()).findFirst();
  }

  /**
   * Returns the variables that a program in a sandbox goes by, as they are set: those for TLS, for
   * HTTP and for exceptions, in upper and lower case. A value may have a password in it.
   */
  public Map<String, String> asSet() {
    Map<String, String> variables = new TreeMap<>();
    PASSED_ON.forEach(name -> host.variable(name).ifPresent(it -> variables.put(name, it)));
    return variables;
  }

  /**
   * A proxy that a variable names.
   *
   * @param variable the name of the variable
   * @param value its value, which may have a password in it
   */
  public record Proxy(String variable, String value) {
    private static final int HIGHEST_PORT = 65_535;

    /**
     * Returns the address of the proxy, with a host, and without a port where none is said; empty
     * when the value is no address, or one of another scheme. Without a scheme it is {@code http}.
     *
     * @param schemes the schemes of the proxies that can be used, in lower case
     */
    public Optional<URI> url(Set<String> schemes) {
      try {
        URI url = new URI(value.contains("://") ? value : "http://" + value);
        return Optional.of(url)
            .filter(it -> it.getScheme() != null && it.getHost() != null)
            .filter(it -> it.getPort() <= HIGHEST_PORT)
            .filter(it -> schemes.contains(it.getScheme().toLowerCase(Locale.ROOT)));
      } catch (URISyntaxException e) {
        // Its text may have a password in it, and so has that of the exception.
        return Optional.empty();
      }
    }

    /** Returns the variable alone. */
    @Override
    public String toString() {
      return variable;
    }
  }

  /**
   * A user and a password.
   *
   * @param password empty where there is none
   */
  public record Login(String user, String password) {
    /**
     * Returns those in the address of a proxy, decoded; empty when there are none.
     *
     * @throws IllegalArgumentException when they cannot be decoded
     */
    public static Optional<Login> in(URI url) {
      return Optional.ofNullable(url.getRawUserInfo())
          .map(info -> info.split(":", 2))
          .map(it -> new Login(decoded(it[0]), it.length < 2 ? "" : decoded(it[1])));
    }

    private static String decoded(String part) {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Returns nothing of either. */
    @Override
    public String toString() {
      return "***";
    }
  }
}
