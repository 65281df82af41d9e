package dev.dispense;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The machine and the user that Dispense works for: everything that the library would otherwise
 * read from static state. Immutable, safe for use by several threads.
 *
 * @param environment the caller's environment variables
 * @param settings the user's defaults, from {@code config.properties}; see {@link #setting}
 * @param stateDirectory where state that cannot live in a sandbox is kept, one directory for each
 *     sandbox; {@code $DISPENSE_HOME}, or {@code $XDG_STATE_HOME/dispense}
 * @param cacheDirectory where what can be made again is kept; {@code $XDG_CACHE_HOME/dispense}
 * @param userHome the user's home directory
 * @param userName the user's login name; owns the sandboxes that are created
 * @param clock the time
 */
public record Host(
    Map<String, String> environment,
    Map<String, String> settings,
    Path stateDirectory,
    Path cacheDirectory,
    Path userHome,
    String userName,
    Clock clock) {

  /** Copies the maps. */
  public Host {
    environment = Map.copyOf(environment);
    settings = Map.copyOf(settings);
  }

  /** Returns an environment variable; one that is empty counts as absent. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /**
   * Returns a setting: from the environment, or else from {@code config.properties}. The setting
   * {@code docker.base-image} is the variable {@code DISPENSE_DOCKER_BASE_IMAGE} there.
   *
   * @param name lower-case words with dots and hyphens
   */
  public Optional<String> setting(String name) {
    String variable =
        "DISPENSE_" + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    return variable(variable)
        .or(() -> Optional.ofNullable(settings.get(name)).filter(value -> !value.isBlank()));
  }
}
