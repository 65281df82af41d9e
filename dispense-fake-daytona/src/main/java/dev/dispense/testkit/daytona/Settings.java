package dev.dispense.testkit.daytona;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the server was started with.
 *
 * @param snapshots the image of each snapshot
 */
record Settings(
    Map<String, String> snapshots,
    List<String> dockerOptions,
    Duration hold,
    Duration transition,
    Duration minute,
    RateLimits limits) {
  static final String DEFAULT_SNAPSHOT = "daytonaio/sandbox:0.5.0";

  Settings {
    snapshots = Map.copyOf(snapshots);
    dockerOptions = List.copyOf(dockerOptions);
  }

  Optional<String> image(String snapshot) {
    return Optional.ofNullable(snapshots.get(snapshot));
  }

  Duration minutes(long count) {
    return minute.multipliedBy(count);
  }

  Duration seconds(long count) {
    return minute.multipliedBy(count).dividedBy(60);
  }
}
