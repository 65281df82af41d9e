package dev.dispense;

import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The machine and the user that Dispense works for: everything that the library would otherwise
 * read from static state. Immutable, safe for use by several threads.
 *
 * <p>A program starts from what {@linkplain #current() it has itself}, or from {@linkplain #in
 * nothing}, and says what is to be different:
 *
 * <pre>{@code
 * Environment.current()
 *     .withVariable("ANTHROPIC_API_KEY", key)
 *     .withSetting("image", "registry.example.com/tools:7")
 *     .withStateDirectory(Path.of("/var/lib/reviewer"))
 * }</pre>
 */
public final class Environment {
  private final Map<String, String> variables;
  private final Map<String, String> settings;
  private final Path stateDirectory;
  private final Path cacheDirectory;
  private final Path userHome;
  private final String userName;
  private final Clock clock;
  private final Checkpoints checkpoints;

  private Environment(
      Map<String, String> variables,
      Map<String, String> settings,
      Path stateDirectory,
      Path cacheDirectory,
      Path userHome,
      String userName,
      Clock clock,
      Checkpoints checkpoints) {
    this.variables = Map.copyOf(variables);
    this.settings = Map.copyOf(settings);
    this.stateDirectory = stateDirectory;
    this.cacheDirectory = cacheDirectory;
    this.userHome = userHome;
    this.userName = userName;
    this.clock = clock;
    this.checkpoints = checkpoints;
  }

  /**
   * Returns an environment with nothing of this process: no variables, not even {@code PATH}, no
   * settings, and the directories below a home directory where they usually are.
   *
   * @param userHome an absolute path
   */
  public static Environment in(Path userHome) {
    return new Environment(
        Map.of(),
        Map.of(),
        userHome.resolve(".local/state/dispense"),
        userHome.resolve(".cache/dispense"),
        userHome,
        "user",
        Clock.systemUTC(),
        Checkpoints.UNHEARD);
  }

  /** Returns the caller's environment variables. */
  public Map<String, String> variables() {
    return variables;
  }

  /** Returns the user's defaults, from {@code config.properties}; see {@link #setting}. */
  public Map<String, String> settings() {
    return settings;
  }

  /**
   * Returns where state that cannot live in a sandbox is kept, one directory for each sandbox;
   * {@code $DISPENSE_HOME}, or {@code $XDG_STATE_HOME/dispense}.
   */
  public Path stateDirectory() {
    return stateDirectory;
  }

  /** Returns where what can be made again is kept; {@code $XDG_CACHE_HOME/dispense}. */
  public Path cacheDirectory() {
    return cacheDirectory;
  }

  /** Returns the user's home directory. */
  public Path userHome() {
    return userHome;
  }

  /** Returns the user's login name, who owns the sandboxes that are created. */
  public String userName() {
    return userName;
  }

  /** Returns what tells the time. */
  public Clock clock() {
    return clock;
  }

  /** Returns the same with a variable that is set or replaced. */
  public Environment withVariable(String name, String value) {
    return withVariables(with(variables, name, value));
  }

  /** Returns the same with these variables and no others. */
  public Environment withVariables(Map<String, String> values) {
    return new Environment(
        values, settings, stateDirectory, cacheDirectory, userHome, userName, clock, checkpoints);
  }

  /**
   * Returns the same with a setting that is set or replaced; a variable of its name wins over it,
   * as {@link #setting} says.
   *
   * @param name lower-case words with dots and hyphens, such as {@code docker.base-image}
   */
  public Environment withSetting(String name, String value) {
    return withSettings(with(settings, name, value));
  }

  /** Returns the same with these settings and no others. */
  public Environment withSettings(Map<String, String> values) {
    return new Environment(
        variables, values, stateDirectory, cacheDirectory, userHome, userName, clock, checkpoints);
  }

  /** Returns the same with another state directory; it is made when it is first needed. */
  public Environment withStateDirectory(Path directory) {
    return new Environment(
        variables, settings, directory, cacheDirectory, userHome, userName, clock, checkpoints);
  }

  /** Returns the same with another cache directory; it is made when it is first needed. */
  public Environment withCacheDirectory(Path directory) {
    return new Environment(
        variables, settings, stateDirectory, directory, userHome, userName, clock, checkpoints);
  }

  /** Returns the same for another user. */
  public Environment withUserName(String name) {
    return new Environment(
        variables, settings, stateDirectory, cacheDirectory, userHome, name, clock, checkpoints);
  }

  /** Returns the same with another clock. */
  public Environment withClock(Clock value) {
    return new Environment(
        variables,
        settings,
        stateDirectory,
        cacheDirectory,
        userHome,
        userName,
        value,
        checkpoints);
  }

  /** Returns the same with somebody else who is told of each step. */
  public Environment withCheckpoints(Checkpoints listener) {
    return new Environment(
        variables, settings, stateDirectory, cacheDirectory, userHome, userName, clock, listener);
  }

  private static Map<String, String> with(Map<String, String> map, String name, String value) {
    Map<String, String> more = new HashMap<>(map);
    more.put(name, value);
    return more;
  }

  /** Returns a description without the variables and the settings: keys may be among them. */
  @Override
  public String toString() {
    return "Environment[stateDirectory=%s, cacheDirectory=%s, userHome=%s, userName=%s]"
        .formatted(stateDirectory, cacheDirectory, userHome, userName);
  }

  /**
   * Returns the environment as this process sees it: its environment, its user, and the user's
   * {@code $XDG_CONFIG_HOME/dispense/config.properties}. The only place where static state is read.
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
        clock,
        Checkpoints.UNHEARD);
  }

  // The XDG base directory specification: a variable that is empty or not absolute is ignored.
  private static Path directory(
      Map<String, String> environment, String variable, Path userHome, String otherwise) {
    String value = environment.getOrDefault(variable, "");
    return value.startsWith("/") ? Path.of(value) : userHome.resolve(otherwise);
  }

  /** Says that a step is done; {@link Checkpoints} tells which steps are named, and how. */
  public void step(String step) {
    checkpoints.done(step);
  }

  /** Returns an environment variable; one that is empty counts as absent. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
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
