package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.SandboxName;
import dev.dispense.spi.MachineSpec;
import dev.dispense.testkit.daytona.DaytonaRequest;
import dev.dispense.testkit.daytona.FakeDaytona;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A fake Daytona for each test, which sees that the client asks for nothing that the published API
 * has not. The user in its sandboxes is root.
 */
public final class FakeService implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {
  private static final String IMAGE =
      System.getenv().getOrDefault("DISPENSE_DOCKER_BASE_IMAGE", "debian:bookworm-slim");

  private @Nullable FakeDaytona daytona;

  /** What the fake is made of keeps a descriptor from its first use on, which is no leak. */
  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    try (FakeDaytona first = FakeDaytona.builder(IMAGE).start()) {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(first.url() + "/config").toURL().openConnection();
      assertThat(connection.getResponseCode()).isEqualTo(200);
      connection.disconnect();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    daytona = FakeDaytona.builder(IMAGE).start();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    List<String> violations = daytona().violations();
    daytona().close();
    // The library of the fake keeps a selector for each thread that had to wait, until it is found.
    System.gc();
    assertThat(violations).as("requests that the API does not have").isEmpty();
  }

  /** Whether it runs in this process. */
  boolean isStarted() {
    return daytona != null;
  }

  public FakeDaytona daytona() {
    return Objects.requireNonNull(daytona);
  }

  /** Returns the calls that were made, as method and path. */
  public List<String> calls() {
    return daytona().requests().stream().map(FakeService::call).toList();
  }

  private static String call(DaytonaRequest request) {
    return request.method() + " " + request.path();
  }

  /** Returns the machine of a user who has a key. */
  public Environment host(Path home) {
    return TestHost.at(
        home,
        Map.of(
            "DAYTONA_API_KEY", daytona().apiKey(), "DAYTONA_API_URL", daytona().url().toString()));
  }

  /** Returns the plainest description, with the user of the image. */
  static MachineSpec spec(String name) {
    return MachineSpec.builder(new SandboxName(name)).network(NetworkPolicy.OPEN).build();
  }

  /** Returns a description with the user of the image. */
  static MachineSpec withItsUser(MachineSpec spec) {
    return spec.toBuilder().routes(false).user(0, 0).build();
  }
}
