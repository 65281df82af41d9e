package dev.dispense.daytona.access;

import dev.dispense.PrintableText;
import dev.dispense.UnavailableException;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * The address of a server that a key is sent to: {@code https}, or {@code http} on this machine.
 *
 * @param value the address, without a slash at its end
 */
public record ServerAddress(String value) {
  /** Where Daytona's own service is. */
  public static final ServerAddress CLOUD = new ServerAddress("https://app.daytona.io/api");

  /**
   * Checks an address.
   *
   * @param origin where it was found, for a person
   * @throws UnavailableException when it is no address, or a key would travel to it in clear text
   */
  public static ServerAddress of(String address, String origin) {
    URI uri = parse(address.strip(), origin);
    String scheme = String.valueOf(uri.getScheme());
    String host = uri.getHost();
    if (host == null || !(scheme.equals("https") || scheme.equals("http")) || isOdd(uri)) {
      throw notAnAddress(address, origin);
    }
    if (scheme.equals("http") && !isLoopback(host)) {
      throw new UnavailableException(
          "Refused to use the Daytona server at "
              + PrintableText.printable(address, 200)
              + " (from "
              + origin
              + ") because your key would travel in clear text. Use its https:// address; http://"
              + " is for servers on this machine only.");
    }
    return new ServerAddress(uri.toString().replaceFirst("/+$", ""));
  }

  /** Whether it has parts that an address of a server has not; a password could be among them. */
  private static boolean isOdd(URI uri) {
    return uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null;
  }

  public static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }

  private static URI parse(String address, String origin) {
    try {
      return new URI(address);
    } catch (URISyntaxException e) {
      throw notAnAddress(address, origin);
    }
  }

  private static UnavailableException notAnAddress(String address, String origin) {
    // What stands before an @ may be a password.
    String shown = PrintableText.printable(address.replaceFirst("//[^/]*@", "//***@"), 200);
    return new UnavailableException(
        "Refused to use '"
            + shown
            + "' (from "
            + origin
            + ") as the address of a Daytona server. It must look like "
            + CLOUD
            + ".");
  }

  /** Returns the address. */
  @Override
  public String toString() {
    return value;
  }
}
