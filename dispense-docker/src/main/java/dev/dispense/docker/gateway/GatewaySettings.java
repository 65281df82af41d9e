package dev.dispense.docker.gateway;

import dev.dispense.Environment;
import dev.dispense.docker.host.HostEnvironment;
import dev.dispense.docker.image.ImageDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What of this machine's way to the Internet a gateway has from its beginning to its end: another
 * way is another gateway, so that none changes under tasks that run.
 *
 * @param authorities further certificate authorities, in PEM
 * @param exit Squid's way through another proxy
 */
record GatewaySettings(Optional<byte[]> authorities, Optional<String> exit) {
  private static final String AUTHORITIES = "authorities.pem";
  private static final String EXIT = "exit.conf";
  private static final int DIGITS = 12;

  /**
   * @param machine makes of a host name the one by which the gateway reaches it
   */
  static GatewaySettings of(Environment host, UnaryOperator<String> machine) {
    return new GatewaySettings(
        new HostEnvironment(host).certificates(),
        UpstreamProxy.of(host, machine).map(UpstreamProxy::squid));
  }

  /** Returns the id of the gateway. */
  String id(GatewayRecipe recipe) {
    String bundle =
        authorities.map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)).orElse("");
    return ImageDefinition.hash(List.of(recipe.hash(), bundle, exit.orElse("")))
        .substring(0, DIGITS);
  }

  /** Writes what the gateway reads when it starts. */
  void write(GatewayDirectory directory) {
    authorities.ifPresent(bundle -> directory.write(AUTHORITIES, bundle));
    exit.ifPresent(text -> directory.write(EXIT, text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns whether the way out of a gateway is another proxy. */
  static boolean hasExit(GatewayDirectory directory) {
    return directory.read(EXIT).isPresent();
  }
}
