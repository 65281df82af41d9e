package dev.dispense.docker.host;

import dev.dispense.Environment;
import dev.dispense.support.ProxyVariables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of this machine's way to the Internet a sandbox needs too: certificate authorities, proxies
 * and the npm registry. Nothing with a password in it is taken.
 */
public final class HostEnvironment {
  private static final List<String> BUNDLES_INSIDE =
      List.of("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO");
  private static final Pattern REGISTRY_LINE = Pattern.compile("\\s*registry\\s*=\\s*(\\S+)\\s*");

  private final Environment host;

  public HostEnvironment(Environment host) {
    this.host = host;
  }

  /** Returns the certificate authorities that a sandbox must trust, in PEM. */
  public Optional<byte[]> certificates() {
    return CertificateBundle.of(host, CertificateBundle.SYSTEM);
  }

  /** Returns what makes programs trust the bundle at {@code path} of a container. */
  public static Map<String, String> trusting(String path) {
    Map<String, String> environment = new TreeMap<>();
    BUNDLES_INSIDE.forEach(name -> environment.put(name, path));
    return environment;
  }

  /** Returns the proxy variables, in upper and lower case as they are set, without passwords. */
  public Map<String, String> proxies() {
    Map<String, String> environment = ProxyVariables.of(host).asSet();
    environment.values().removeIf(HostEnvironment::hasPassword);
    return environment;
  }

  /** Returns notices about what was left out. */
  public List<String> notices() {
    return ProxyVariables.of(host).asSet().entrySet().stream()
        .filter(variable -> hasPassword(variable.getValue()))
        .map(
            variable ->
                variable.getKey()
                    + " was not passed to the sandbox because it has a password in it, which"
                    + " everything in the sandbox could read. Use a proxy on this machine that"
                    + " needs none.")
        .toList();
  }

  /** Returns the npm registry that this user has configured. */
  public Optional<String> npmRegistry() {
    return host.variable("npm_config_registry")
        .or(() -> host.variable("NPM_CONFIG_REGISTRY"))
        .or(this::npmrcRegistry)
        .filter(url -> !hasPassword(url));
  }

  private Optional<String> npmrcRegistry() {
    Path file = host.userHome().resolve(".npmrc");
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    try {
      return Files.readAllLines(file).stream()
          .map(REGISTRY_LINE::matcher)
          .filter(Matcher::matches)
          .map(line -> line.group(1))
          .reduce((earlier, later) -> later);
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static boolean hasPassword(String url) {
    return url.indexOf('@') >= 0;
  }
}
