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
 * @param steps told of each step that changes something outside of this process
 */
public record Environment(
    Map<String, String> environment,
    Map<String, String> settings,
    Path stateDirectory,
    Path cacheDirectory,
    Path userHome,
    String userName,
    Clock clock,
    Checkpoints steps) {

  /** Copies the maps. */
  public Environment {
    environment = Map.copyOf(environment);
    settings = Map.copyOf(settings);
  }

  /** Makes a host whose steps nobody listens to. */
  public Environment(
      Map<String, String> environment,
      Map<String, String> settings,
      Path stateDirectory,
      Path cacheDirectory,
      Path userHome,
      String userName,
      Clock clock) {
    this(
        environment,
        settings,
        stateDirectory,
        cacheDirectory,
        userHome,
        userName,
        clock,
        Checkpoints.UNHEARD);
  }

  /** Returns a host that is like this one but for who listens to its steps. */
  public Environment withSteps(Checkpoints listener) {
    return new Environment(
        environment, settings, stateDirectory, cacheDirectory, userHome, userName, clock, listener);
  }

  /** Returns a description without the environment and the settings: keys may be among them. */
  @Override
  public String toString() {
    return "Host[stateDirectory=%s, cacheDirectory=%s, userHome=%s, userName=%s]"
        .formatted(stateDirectory, cacheDirectory, userHome, userName);
  }

  /**
   * Returns the host as this process sees it: its environment, its user, and the user's {@code
   * $XDG_CONFIG_HOME/dispense/config.properties}. The only place where static state is read.
   *
   * @throws DispenseException when the configuration file is there and cannot be read
   */
  public static Environment current() {
    return of(
        System.getenv(),
        home(System.getenv(), System.getProperty("user.home")),
        System.getProperty("user.name"),
        Clock.systemUTC());
  }

  /**
   * Returns {@code HOME}, which git and docker go by too, or else what the system's user database
   * says. Java knows only the latter, which a user id without an entry does not have.
   */
  static Path home(Map<String, String> environment, String systems) {
    String home = environment.getOrDefault("HOME", "");
    if (home.startsWith("/")) {
      return Path.of(home);
    }
    if (!systems.startsWith("/")) {
      throw new UnavailableException(
          "Tried to find your home directory but failed because HOME is not set, and this user has"
              + " no entry in the system's user database. Set HOME to a directory of yours.");
    }
    return Path.of(systems);
  }

  static Environment of(
      Map<String, String> environment, Path userHome, String userName, Clock clock) {
    Path state =
        directory(environment, "XDG_STATE_HOME", userHome, ".local/state").resolve("dispense");
    Path config =
        directory(environment, "XDG_CONFIG_HOME", userHome, ".config").resolve("dispense");
    Path cache = directory(environment, "XDG_CACHE_HOME", userHome, ".cache").resolve("dispense");
    String dispenseHome = environment.getOrDefault("DISPENSE_HOME", "");
    return new Environment(
        environment,
        SettingsFile.read(config.resolve("config.properties")),
        dispenseHome.isEmpty() ? state : Path.of(dispenseHome).toAbsolutePath().normalize(),
        cache,
        userHome,
        userName,
        clock);
  }

  // The XDG base directory specification: a variable that is empty or not absolute is ignored.
  private static Path directory(
      Map<String, String> environment, String variable, Path userHome, String otherwise) {
    String value = environment.getOrDefault(variable, "");
    return value.startsWith("/") ? Path.of(value) : userHome.resolve(otherwise);
  }

  /** Says that a step is done; {@link Checkpoints} tells which steps are named, and how. */
  public void step(String step) {
    steps.done(step);
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
    return variable(variableOf(name))
        .or(() -> Optional.ofNullable(settings.get(name)).filter(value -> !value.isBlank()));
  }

  /**
   * Returns how a user calls a setting where it stands, for a message about its value: {@code
   * docker.base-image in config.properties}, or {@code DISPENSE_DOCKER_BASE_IMAGE}.
   *
   * @param name as in {@link #setting}
   */
  public String settingAsGiven(String name) {
    String variable = variableOf(name);
    return variable(variable).isPresent() ? variable : name + " in config.properties";
  }

  private static String variableOf(String setting) {
    return "DISPENSE_" + setting.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
