package dev.dispense.core.config;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SettingsFile;
import dev.dispense.Source;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.spi.SourceProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a sandbox may reach for which nothing is said: as this user's settings have it, with the
 * hosts that the project names. A project can want less than the user allows, or further hosts, but
 * not an open network.
 */
public final class NetworkSettings {
  private static final String KIND = "network";
  private static final String HOSTS = "network.hosts";
  private static final String FILE = ".dispense.properties";

  private final Environment host;
  private final SandboxProvider provider;
  private final Progress.Listener progress;

  public NetworkSettings(Environment host, SandboxProvider provider, Progress.Listener progress) {
    this.host = host;
    this.provider = provider;
    this.progress = progress;
  }

  /**
   * Returns the policy.
   *
   * @throws RefusedException when a setting is not valid
   */
  public NetworkPolicy policy(Optional<SourceProvider> sources, Optional<Source> source) {
    NetworkPolicy policy = ofUser();
    Optional<String> text =
        sources.flatMap(it -> source.flatMap(project -> it.settings(project, host)));
    return text.isEmpty() ? policy : ofProject(policy, text.get(), source.orElseThrow());
  }

  /**
   * Returns a policy with further hosts; where it names none, these are all that may be reached.
   */
  public static NetworkPolicy with(Set<String> hosts, NetworkPolicy policy) {
    if (hosts.isEmpty()) {
      return policy;
    }
    return policy instanceof NetworkPolicy.Allow allow
        ? allow.with(hosts)
        : new NetworkPolicy.Allow(hosts);
  }

  private NetworkPolicy ofUser() {
    Optional<String> kind = host.setting(KIND);
    NetworkPolicy policy = provider.defaultNetwork();
    if (kind.isPresent()) {
      policy =
          switch (kind.get().strip()) {
            case "allow" -> NetworkPolicy.STARTER;
            case "none" -> NetworkPolicy.NONE;
            case "open" -> NetworkPolicy.OPEN;
            default -> throw invalid(host.settingAsGiven(KIND), kind.get(), "allow, none or open");
          };
    }
    return policy instanceof NetworkPolicy.Allow allow
        ? allow.with(hosts(host.setting(HOSTS), host.settingAsGiven(HOSTS)))
        : policy;
  }

  private NetworkPolicy ofProject(NetworkPolicy user, String text, Source source) {
    Path file = Path.of(source.location()).resolve(FILE);
    Map<String, String> settings = SettingsFile.parse(file, text);
    Optional<String> kind = Optional.ofNullable(settings.get(KIND));
    Set<String> hosts = hosts(Optional.ofNullable(settings.get(HOSTS)), HOSTS + " in " + file);
    if (kind.isPresent() && !kind.get().equals("allow") && !kind.get().equals("none")) {
      throw invalid(KIND + " in " + file, kind.get(), "allow or none");
    }
    if (user instanceof NetworkPolicy.None) {
      return user;
    }
    boolean wantsNone = kind.filter("none"::equals).isPresent();
    if (user instanceof NetworkPolicy.Open && !wantsNone) {
      return user;
    }
    if (!hosts.isEmpty()) {
      progress.onNotice(
          "The project lets the sandbox reach, by its %s: %s"
              .formatted(FILE, String.join(" ", new TreeSet<>(hosts))));
    }
    if (wantsNone) {
      return hosts.isEmpty()
          ? NetworkPolicy.NONE
          : new NetworkPolicy.Allow(Set.of()).withPublic(hosts);
    }
    return user instanceof NetworkPolicy.Allow allow ? allow.withPublic(hosts) : user;
  }

  private static Set<String> hosts(Optional<String> setting, String name) {
    Set<String> hosts =
        setting.stream()
            .flatMap(text -> Stream.of(text.strip().split("[\\s,]+")))
            .filter(text -> !text.isEmpty())
            .collect(Collectors.toSet());
    try {
      return new NetworkPolicy.Allow(hosts).hosts();
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          "The setting %s cannot be used: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static RefusedException invalid(String name, String value, String valid) {
    return new RefusedException(
        "The setting %s is '%s', and can be %s."
            .formatted(name, PrintableText.printable(value.strip(), 40), valid));
  }
}
