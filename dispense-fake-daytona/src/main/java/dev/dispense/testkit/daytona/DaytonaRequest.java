package dev.dispense.testkit.daytona;

import java.util.Map;

/**
 * A request that the server got.
 *
 * @param method the method, {@code WEBSOCKET} for one that asks for an upgrade
 * @param path the path and the query as they came, beginning with {@code /api/} or {@code
 *     /toolbox/}; for a preview, the whole URL
 * @param headers the headers by their names in lower case; of several with one name, the first
 */
public record DaytonaRequest(String method, String path, Map<String, String> headers) {
  /** Copies the headers. */
  public DaytonaRequest {
    headers = Map.copyOf(headers);
  }
}
