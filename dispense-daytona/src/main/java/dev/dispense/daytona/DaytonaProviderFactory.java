package dev.dispense.daytona;

import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.AccessDiscovery;
import dev.dispense.daytona.sandbox.RemoteSandbox;
import dev.dispense.spi.SandboxProvider;

/**
 * Makes the provider {@code daytona}: each sandbox is one of an organization at Daytona, or at a
 * server of one's own that speaks its API, version 0.190.0 or newer.
 *
 * <p>Who asks is found as the vendor's own programs find it: the variables {@code DAYTONA_API_KEY},
 * or {@code DAYTONA_JWT_TOKEN} with {@code DAYTONA_ORGANIZATION_ID}; then the configuration of the
 * vendor's command, as long as its login has not expired; then the key that {@link DaytonaLogin}
 * has stored. {@code DAYTONA_API_URL} says where the API is, and {@code DAYTONA_TARGET} in which
 * region sandboxes are made.
 *
 * <p>An image that starts with {@code snapshot:} names a snapshot, whose resources are its own; any
 * other is built by the service, with whole cores and whole GiB. Without an image, the
 * organization's default snapshot is used. A sandbox's processes belong to the user of its image,
 * who needs {@code sudo} unless the directories of the layout are there.
 *
 * <p>Settings ({@link Environment#setting}):
 *
 * <ul>
 *   <li>{@code daytona.api-url}, {@code daytona.target}: what the variables say, where they are not
 *       set
 *   <li>{@code daytona.snapshot}: the snapshot that is used without an image
 *   <li>{@code daytona.auto-stop-minutes}: after how many minutes without use a sandbox stops; the
 *       work of an agent is no use in that sense, so the default is 0, never
 * </ul>
 */
public final class DaytonaProviderFactory implements SandboxProvider.Factory {
  /** Makes the factory; this is what {@link java.util.ServiceLoader} calls. */
  public DaytonaProviderFactory() {}

  /** Returns {@code daytona}. */
  @Override
  public String id() {
    return RemoteSandbox.DAYTONA;
  }

  /** Returns whether there is a key, or what should be one. */
  @Override
  public boolean isConfigured(Environment host) {
    return new AccessDiscovery(host).isConfigured();
  }

  /**
   * Finds the key and opens the provider. Makes no connection.
   *
   * @throws UnavailableException when there is no key, when others can read it, or when it would
   *     travel in clear text
   */
  @Override
  public SandboxProvider open(Environment host) {
    return new DaytonaProvider(host, new AccessDiscovery(host).find());
  }
}
