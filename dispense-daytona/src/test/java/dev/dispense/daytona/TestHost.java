package dev.dispense.daytona;

import dev.dispense.Environment;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/** A machine of a user who has nothing but a home directory. */
public final class TestHost {
  private TestHost() {}

  public static Environment at(Path home, Map<String, String> environment) {
    return at(home, environment, Map.of());
  }

  static Environment at(Path home, Map<String, String> environment, Map<String, String> settings) {
    return Environment.in(home)
        .withVariables(environment)
        .withSettings(settings)
        .withStateDirectory(home.resolve(".local/state/dispense"))
        .withCacheDirectory(home.resolve(".cache/dispense"))
        .withUserName("somebody")
        .withClock(Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC));
  }
}
