package dev.dispense.testkit.daytona.api;

import dev.dispense.testkit.daytona.http.ApiError;
import java.util.regex.Pattern;

/** The networks that a sandbox may reach. */
final class NetworkLists {
  private static final int MOST = 10;
  private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
  private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

  private NetworkLists() {}

  /**
   * Checks a list.
   *
   * @throws ApiError when it has too many, or one that is no IPv4 network
   */
  static void check(String list) {
    if (list.isEmpty()) {
      return;
    }
    String[] networks = list.split(",", -1);
    if (networks.length > MOST) {
      throw ApiError.badRequest("Network allow list cannot contain more than 10 networks");
    }
    for (String listed : networks) {
      String network = listed.strip();
      String[] parts = network.split("/", 2);
      if (!IPV4.matcher(parts[0]).matches()) {
        throw ApiError.badRequest(
            "Invalid IP address: \""
                + parts[0]
                + "\" in network \""
                + network
                + "\". Must be a valid IPv4 address");
      }
      if (parts.length < 2 || !parts[1].matches("3[0-2]|[12]?\\d")) {
        throw ApiError.badRequest(
            "Invalid network format: \"" + network + "\". Missing or invalid CIDR prefix length");
      }
    }
  }
}
