package dev.dispense.testkit.daytona.cloud;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the server was started with.
 *
 * @param snapshots the image of each snapshot
 */
public record Settings(
    Map<String, String> snapshots,
    List<String> dockerOptions,
    Duration hold,
    Duration transition,
    Duration minute,
    RateLimits limits) {
  public static final String DEFAULT_SNAPSHOT = "daytonaio/sandbox:0.5.0";

  public Settings {
    snapshots = Map.copyOf(snapshots);
    dockerOptions = List.copyOf(dockerOptions);
  }

  public Optional<String> image(String snapshot) {
    return Optional.ofNullable(snapshots.get(snapshot));
  }

  public Duration minutes(long count) {
    return minute.multipliedBy(count);
  }

  public Duration seconds(long count) {
    return minute.multipliedBy(count).dividedBy(60);
  }
}
