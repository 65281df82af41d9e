package dev.dispense.docker;

import dev.dispense.Host;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;

/** The machine that runs the tests, as a {@link Host}. */
final class TestHost {
  /** The base image that the tests build on: has all tools, so that no network is needed. */
  static final String BASE = "dispense-base:bookworm";

  private TestHost() {}

  /** Returns this machine. */
  static Host real() {
    return with(System.getenv(), Map.of());
  }

  /** Returns this machine with further settings. */
  static Host withSettings(Map<String, String> settings) {
    return with(System.getenv(), settings);
  }

  /** Returns this machine with other variables. */
  static Host with(Map<String, String> environment, Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(Map.of("docker.base-image", BASE));
    all.putAll(settings);
    Path home = Path.of(System.getProperty("user.home"));
    return new Host(
        environment,
        all,
        home.resolve(".local/state/dispense"),
        home.resolve(".cache/dispense"),
        home,
        System.getProperty("user.name"),
        Clock.systemUTC());
  }
}
