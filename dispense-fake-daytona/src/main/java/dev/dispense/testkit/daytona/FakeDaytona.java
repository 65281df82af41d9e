package dev.dispense.testkit.daytona;

import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.Faults;
import dev.dispense.testkit.daytona.cloud.Keys;
import dev.dispense.testkit.daytona.cloud.RateLimits;
import dev.dispense.testkit.daytona.cloud.Settings;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Daytona in this process, so that programs that use Daytona can be tested without a key and
 * without a cloud. It behaves like the open-source server of version 0.190, including its errors,
 * its rate limits and what is odd about it, and speaks only what newer servers understand as well.
 *
 * <p>A sandbox is real where it matters: its processes run in a container of the local Docker
 * engine, which is made when something is first run in the sandbox, by the {@code docker} command.
 * Sandboxes in which nothing runs need no Docker.
 *
 * <pre>{@code
 * try (FakeDaytona daytona = FakeDaytona.builder("debian:bookworm-slim").start()) {
 *   // run a client with DAYTONA_API_URL=daytona.url() and DAYTONA_API_KEY=daytona.apiKey()
 *   assertThat(daytona.violations()).isEmpty();
 * }
 * }</pre>
 *
 * <p>You own the server and must close it: that removes its containers. It listens on the loopback
 * only. Safe for use by several threads.
 */
public final class FakeDaytona implements AutoCloseable {
  private final Cloud cloud;
  private final FrontDoor door;

  private FakeDaytona(Cloud cloud, FrontDoor door) {
    this.cloud = cloud;
    this.door = door;
  }

  /**
   * Begins to describe a server.
   *
   * @param image the image of the default snapshot; it needs {@code sh}, for terminals also {@code
   *     script}, and for previews, forwarded connections and SFTP {@code perl}, as Debian's and
   *     Ubuntu's smallest images have them
   */
  public static Builder builder(String image) {
    return new Builder(image);
  }

  /** Returns the URL of the main API, without a slash at its end; for {@code DAYTONA_API_URL}. */
  public URI url() {
    return cloud.address().api();
  }

  /** Returns a key of the {@linkplain #organizationId first organization} that may do all. */
  public String apiKey() {
    return Keys.FIRST_KEY;
  }

  /**
   * Makes a further key.
   *
   * @param organizationId the organization that it belongs to
   * @param permissions what it may do, such as {@code write:sandboxes}; everything when empty
   */
  public String newKey(String organizationId, Set<String> permissions) {
    return cloud.keys().create(organizationId, permissions);
  }

  /** Returns the id of the organization that {@link #apiKey} and {@link #jwt} belong to. */
  public String organizationId() {
    return Keys.FIRST_ORGANIZATION;
  }

  /** Returns a token that needs the organization's id in {@code X-Daytona-Organization-ID}. */
  public String jwt() {
    return Keys.JWT;
  }

  /**
   * Returns the address of this machine at which sandboxes reach what listens on it: that in the
   * engine's default bridge.
   *
   * @throws IOException when the engine does not tell
   */
  public String hostAddress() throws IOException {
    return cloud.docker().hostAddress();
  }

  /** Returns what can be made to go wrong. */
  public Faults faults() {
    return cloud.faults();
  }

  /** Returns the requests so far, in the order in which they came. */
  public List<DaytonaRequest> requests() {
    return door.log().requests();
  }

  /**
   * Returns in which requests so far differed from the published API: an unknown path, an unknown
   * query parameter, a missing or ill-typed field.
   */
  public List<String> violations() {
    return door.log().violations();
  }

  /** Breaks all connections, stops listening and removes all containers. Closing twice is fine. */
  @Override
  public void close() {
    door.close();
    cloud.close();
  }

  /** Describes a server. Not safe for use by several threads. */
  public static final class Builder {
    private final Map<String, String> snapshots = new LinkedHashMap<>();
    private final List<String> dockerOptions = new ArrayList<>();
    private Duration hold = Duration.ofSeconds(30);
    private Duration transition = Duration.ofMillis(20);
    private Duration minute = Duration.ofMinutes(1);
    private RateLimits limits = new RateLimits(10_000, 300, 10_000);

    private Builder(String image) {
      snapshots.put(Settings.DEFAULT_SNAPSHOT, image);
    }

    /** Adds a snapshot. A sandbox from an image of this name gets {@code image} as well. */
    public Builder snapshot(String name, String image) {
      snapshots.put(name, image);
      return this;
    }

    /** Adds options of {@code docker run}, such as {@code --network} and a name. */
    public Builder dockerOptions(List<String> options) {
      dockerOptions.addAll(options);
      return this;
    }

    /** Sets how long create and start wait for the sandbox before they answer; 30 s by default. */
    public Builder hold(Duration duration) {
      hold = duration;
      return this;
    }

    /** Sets how long a change of a sandbox's state takes at least; 20 ms by default. */
    public Builder transition(Duration duration) {
      transition = duration;
      return this;
    }

    /** Sets how long a minute of the service's timers and rate limits lasts; 60 s by default. */
    public Builder minute(Duration duration) {
      minute = duration;
      return this;
    }

    /**
     * Sets how many requests an organization may make in a minute; by default as the smallest tier
     * of the cloud, 10000, 300 and 10000.
     *
     * @param authenticated requests of other kinds
     * @param create creations of sandboxes
     * @param lifecycle starts, stops, archivings and deletions, together
     */
    public Builder rateLimits(int authenticated, int create, int lifecycle) {
      limits = new RateLimits(authenticated, create, lifecycle);
      return this;
    }

    /**
     * Starts the server at a free port of the loopback.
     *
     * @throws java.io.UncheckedIOException when nobody can listen there
     */
    public FakeDaytona start() {
      Cloud cloud =
          new Cloud(new Settings(snapshots, dockerOptions, hold, transition, minute, limits));
      return new FakeDaytona(cloud, FrontDoor.open(cloud));
    }
  }
}
