package dev.dispense.docker;

import dev.dispense.Environment;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The machine that runs the tests, as a {@link Environment}. */
public final class TestHost {
  private static final String BASE_VARIABLE = "DISPENSE_DOCKER_BASE_IMAGE";

  /** The base image that the tests build on. */
  public static final String BASE =
      System.getenv().getOrDefault(BASE_VARIABLE, "debian:bookworm-slim");

  private TestHost() {}

  /** Returns this machine. */
  public static Environment real() {
    return with(System.getenv(), Map.of());
  }

  /** Returns this machine with another base image. */
  public static Environment withBase(String base) {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.put(BASE_VARIABLE, base);
    return with(environment, Map.of());
  }

  /** Returns this machine with a state directory of its own. */
  public static Environment withState(Path state) {
    return at(state, real());
  }

  /** Returns this machine with other variables. */
  public static Environment with(Map<String, String> environment, Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(Map.of("docker.base-image", BASE));
    all.putAll(settings);
    Path home = Path.of(System.getProperty("user.home"));
    return Environment.in(home)
        .withVariables(environment)
        .withSettings(all)
        .withStateDirectory(home.resolve(".local/state/dispense"))
        .withCacheDirectory(home.resolve(".cache/dispense"))
        .withUserName(System.getProperty("user.name"));
  }

  /** Returns a machine with its state elsewhere. */
  public static Environment at(Path state, Environment host) {
    return Environment.in(host.userHome())
        .withVariables(host.variables())
        .withSettings(host.settings())
        .withStateDirectory(state)
        .withCacheDirectory(host.cacheDirectory())
        .withUserName(host.userName())
        .withClock(host.clock());
  }
}
