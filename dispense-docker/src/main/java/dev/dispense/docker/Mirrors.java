package dev.dispense.docker;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.docker.host.AptMirror;
import dev.dispense.docker.host.HostEnvironment;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where this machine gets packages from in the place of the public registries. A sandbox that may
 * reach one of those may also reach what this user has in its place.
 *
 * @param npm the address of the npm registry
 * @param debian the beginning of the address of Debian's packages
 */
record Mirrors(Optional<String> npm, Optional<String> debian) {
  private static final String NPM = "registry.npmjs.org";
  private static final String DEBIAN = "deb.debian.org";
  private static final Set<Integer> USUAL_PORTS = Set.of(-1, 80, 443);

  static Mirrors of(Environment host) {
    return new Mirrors(
        new HostEnvironment(host).npmRegistry(), AptMirror.of(host, Path.of("/etc")));
  }

  /** Returns the policy with the mirrors of what it has. */
  NetworkPolicy addTo(NetworkPolicy policy) {
    if (!(policy instanceof NetworkPolicy.Allow allow)) {
      return policy;
    }
    NetworkPolicy.Allow result = allow;
    if (allow.hosts().contains(NPM)) {
      result = with(result, npm);
    }
    return allow.hosts().contains(DEBIAN) ? with(result, debian) : result;
  }

  private static NetworkPolicy.Allow with(NetworkPolicy.Allow policy, Optional<String> address) {
    try {
      URI uri = URI.create(address.orElse(""));
      if (uri.getHost() == null) {
        return policy;
      }
      String host = uri.getHost().toLowerCase(Locale.ROOT);
      return policy.with(
          Set.of(USUAL_PORTS.contains(uri.getPort()) ? host : host + ":" + uri.getPort()));
    } catch (IllegalArgumentException e) {
      return policy; // it is of no use to this machine either
    }
  }

  /** Returns the file in the user's home that npm, yarn and pnpm go by, when they reach it. */
  Map<String, String> settings(NetworkPolicy policy) {
    boolean isReached =
        policy instanceof NetworkPolicy.Open
            || (policy instanceof NetworkPolicy.Allow allow && allow.hosts().contains(NPM));
    return isReached && npm.isPresent()
        ? Map.of(".npmrc", "registry=" + npm.get() + "\n")
        : Map.of();
  }
}
