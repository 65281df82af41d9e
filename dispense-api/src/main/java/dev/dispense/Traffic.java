package dev.dispense;

import java.time.Instant;
import java.util.List;

/**
 * What went through the gateway of a sandbox, as far as it is remembered: at least the last few ten
 * thousand requests.
 *
 * @param hosts by host and port, those that were refused first, then those that were sent most to
 * @param routes by route, in the order of their names
 */
public record Traffic(List<HostTraffic> hosts, List<RouteTraffic> routes) {
  /** Copies the lists. */
  public Traffic {
    hosts = List.copyOf(hosts);
    routes = List.copyOf(routes);
  }

  /**
   * What went to one host.
   *
   * @param host its name, as the sandbox asked for it; or {@code others} for all that are not told
   *     by their names, as there are too many
   * @param port 1 to 65535, or 0 for those others
   * @param allowed how many requests or tunnels were let through
   * @param refused how many were not
   * @param sent bytes that the sandbox sent
   * @param received bytes that the host sent
   * @param last when it was asked for last
   */
  public record HostTraffic(
      String host, int port, long allowed, long refused, long sent, long received, Instant last) {}

  /**
   * What went to one route.
   *
   * @param route its name
   * @param requests how many requests were made
   * @param failed how many of them were answered by an error, or refused
   * @param sent bytes of questions
   * @param received bytes of answers
   * @param last when it was asked last
   */
  public record RouteTraffic(
      String route, long requests, long failed, long sent, long received, Instant last) {}

  /**
   * What a task asked of its model through the {@linkplain dev.dispense.spi.Gateway gateway}. What
   * was refused is not counted.
   *
   * @param requests how many requests have ended
   * @param sent bytes of questions
   * @param received bytes of answers
   */
  public record Usage(long requests, long sent, long received) {}
}
