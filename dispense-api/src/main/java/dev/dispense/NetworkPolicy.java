package dev.dispense;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a sandbox may reach. A provider that cannot honour a policy refuses it; it never falls back
 * to another. The model of its agent is reached in any case where there is a {@linkplain
 * dev.dispense.spi.Gateway gateway}: by a {@linkplain dev.dispense.spi.Route route}, which is no
 * network.
 */
public sealed interface NetworkPolicy {
  /** The Internet and the networks that this machine reaches, but no other sandbox. */
  NetworkPolicy OPEN = new Open();

  /** Nothing but the sandbox's own loopback, and routes. */
  NetworkPolicy NONE = new None();

  /**
   * What building software needs as a rule: Maven Central, Gradle, npm, PyPI, crates.io, Go
   * modules, the packages of Debian and Ubuntu, and GitHub. Whoever has an account at one of them
   * can also send something there: where that must not be, allow other hosts.
   */
  Allow STARTER =
      new Allow(
          Set.of(
              "repo.maven.apache.org",
              "repo1.maven.org",
              "plugins.gradle.org",
              "plugins-artifacts.gradle.org",
              "services.gradle.org",
              "downloads.gradle.org",
              "registry.npmjs.org",
              "registry.yarnpkg.com",
              "pypi.org",
              "files.pythonhosted.org",
              "crates.io",
              "index.crates.io",
              "static.crates.io",
              "proxy.golang.org",
              "sum.golang.org",
              "deb.debian.org",
              "security.debian.org",
              "archive.ubuntu.com",
              "security.ubuntu.com",
              "ports.ubuntu.com",
              "github.com",
              "api.github.com",
              "codeload.github.com",
              "objects.githubusercontent.com",
              "raw.githubusercontent.com",
              "release-assets.githubusercontent.com"));

  /** Returns the word for its kind: {@code open}, {@code none} or {@code allow}. */
  String kind();

  /** See {@link #OPEN}. */
  record Open() implements NetworkPolicy {
    @Override
    public String kind() {
      return "open";
    }
  }

  /** See {@link #NONE}. */
  record None() implements NetworkPolicy {
    @Override
    public String kind() {
      return "none";
    }
  }

  /**
   * Only the named hosts, by HTTP and TLS.
   *
   * @param hosts host names in lower case; a leading dot also allows all subdomains. At the ports
   *     80 and 443, or at the one that follows the name after a colon
   * @param publicHosts those of them that may not be in a private network, as it was not the user
   *     who named them; what their names lead to is somebody else's choice
   */
  record Allow(Set<String> hosts, Set<String> publicHosts) implements NetworkPolicy {
    private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
    private static final Pattern HOST =
        Pattern.compile("\\.?" + LABEL + "(\\." + LABEL + ")*(:[1-9][0-9]{0,4})?");
    private static final int MAX_LENGTH = 260;

    /**
     * Copies the names, in lower case.
     *
     * @throws IllegalArgumentException when one of them is not as described
     */
    public Allow {
      hosts = checked(hosts);
      publicHosts = checked(publicHosts);
      if (!hosts.containsAll(publicHosts)) {
        throw new IllegalArgumentException(
            "The hosts that must be public have some that may not be reached at all.");
      }
    }

    /**
     * Allows hosts wherever they are.
     *
     * @throws IllegalArgumentException when one of them is not as described
     */
    public Allow(Set<String> hosts) {
      this(hosts, Set.of());
    }

    @Override
    public String kind() {
      return "allow";
    }

    private static Set<String> checked(Set<String> hosts) {
      Set<String> lower =
          hosts.stream()
              .map(host -> host.toLowerCase(Locale.ROOT))
              .collect(Collectors.toUnmodifiableSet());
      for (String host : lower) {
        if (host.length() > MAX_LENGTH || !HOST.matcher(host).matches()) {
          throw new IllegalArgumentException(
              ("'%s' is not the name of a host. Write it as example.com, .example.com for all names"
                      + " below it too, or example.com:8443 for another port than 80 and 443.")
                  .formatted(PrintableText.printable(host, 80)));
        }
      }
      return lower;
    }

    /** Returns the same with further hosts, wherever they are. */
    public Allow with(Set<String> further) {
      Set<String> named = checked(further);
      return new Allow(union(hosts, named), difference(publicHosts, named));
    }

    /** Returns the same with further hosts, which may not be in a private network. */
    public Allow withPublic(Set<String> further) {
      Set<String> added = difference(checked(further), hosts);
      return new Allow(union(hosts, added), union(publicHosts, added));
    }

    /** Returns the same without some hosts. */
    public Allow without(Set<String> unwanted) {
      Set<String> named = checked(unwanted);
      return new Allow(difference(hosts, named), difference(publicHosts, named));
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
      Set<String> all = new TreeSet<>(some);
      all.addAll(others);
      return all;
    }

    private static Set<String> difference(Set<String> some, Set<String> others) {
      Set<String> rest = new TreeSet<>(some);
      rest.removeAll(others);
      return rest;
    }
  }
}
