package dev.dispense;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this user wants sandboxes to reach that say nothing themselves. */
final class NetworkSettings {
  private static final String KIND = "network";
  private static final String HOSTS = "network.hosts";

  private NetworkSettings() {}

  /**
   * Returns the policy of a sandbox that has none of its own.
   *
   * @throws RefusedException when a setting is not valid
   */
  static NetworkPolicy of(Host host, SandboxProvider provider) {
    Optional<String> kind = host.setting(KIND);
    NetworkPolicy policy =
        kind.isEmpty() ? provider.defaultNetwork() : policy(host, kind.get().strip());
    return policy instanceof NetworkPolicy.Allow allow ? allow.with(hosts(host)) : policy;
  }

  private static NetworkPolicy policy(Host host, String kind) {
    return switch (kind) {
      case "allow" -> NetworkPolicy.STARTER;
      case "none" -> NetworkPolicy.NONE;
      case "open" -> NetworkPolicy.OPEN;
      default ->
          throw new RefusedException(
              "The setting %s is '%s', and can be allow, none or open."
                  .formatted(host.settingAsGiven(KIND), Text.printable(kind, 40)));
    };
  }

  private static Set<String> hosts(Host host) {
    Set<String> hosts =
        host.setting(HOSTS).stream()
            .flatMap(text -> Stream.of(text.strip().split("[\\s,]+")))
            .filter(text -> !text.isEmpty())
            .collect(Collectors.toSet());
    try {
      return new NetworkPolicy.Allow(hosts).hosts();
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          "The setting %s cannot be used: %s".formatted(host.settingAsGiven(HOSTS), e.getMessage()),
          e);
    }
  }
}
