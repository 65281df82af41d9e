package dev.dispense.docker.gateway;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox at a gateway.
 *
 * @param id the gateway
 * @param number the sandbox
 */
public record GatewaySlot(String id, int number) {
  /** The label of a sandbox's container that says which seat it has. */
  public static final String LABEL = "dispense.gateway";

  private static final Pattern TEXT = Pattern.compile("[0-9a-f]{12}/[1-9][0-9]{0,4}");

  /** Returns what {@link #parse} reads. */
  public String label() {
    return id + "/" + number;
  }

  public static Optional<GatewaySlot> parse(@Nullable String label) {
    if (label == null || !TEXT.matcher(label).matches()) {
      return Optional.empty();
    }
    int slash = label.indexOf('/');
    return Optional.of(
        new GatewaySlot(label.substring(0, slash), Integer.parseInt(label.substring(slash + 1))));
  }
}
