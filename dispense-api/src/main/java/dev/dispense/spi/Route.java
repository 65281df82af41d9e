package dev.dispense.spi;

import dev.dispense.PrintableText;
import dev.dispense.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An HTTP server that a sandbox reaches through the {@linkplain Gateway gateway} of its provider
 * and that wants a key, such as a model's. The gateway puts the key in, so that it is never in the
 * sandbox; whatever else the sandbox sends as a key is taken out.
 *
 * @param name what it is for a person: 1 to 40 lower-case letters, digits and hyphens
 * @param upstream the server's address, {@code http} or {@code https}, with the beginning of all
 *     paths there; without user, query and fragment
 * @param headers the headers that the gateway sets, by their names; in the place of what comes from
 *     the sandbox
 * @param paths the beginnings of paths below {@code upstream} that can be asked for, such as {@code
 *     /v1/messages}; all others are refused
 */
public record Route(String name, URI upstream, Map<String, Secret> headers, List<String> paths) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,100}");
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~:@/-]{0,200}");
  private static final Pattern BASE = Pattern.compile("(/[A-Za-z0-9._~-]+)*/?");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]+]");
  private static final int DIGITS = 8;

  /**
   * Copies and checks the parts.
   *
   * @throws IllegalArgumentException when one of them is not as it is described above
   */
  public Route {
    headers = Map.copyOf(headers);
    paths = List.copyOf(paths);
    require(NAME.matcher(name).matches(), "The name of a route is not valid: " + name);
    String scheme = String.valueOf(upstream.getScheme()).toLowerCase(Locale.ROOT);
    require(
        (scheme.equals("http") || scheme.equals("https"))
            && upstream.getHost() != null
            && HOST.matcher(upstream.getHost()).matches(),
        "The address of a route is not an http or https URL with a host.");
    require(
        upstream.getRawUserInfo() == null
            && upstream.getRawQuery() == null
            && upstream.getRawFragment() == null,
        "The address of a route has a user, a query or a fragment.");
    require(
        BASE.matcher(upstream.getRawPath()).matches() && !upstream.getRawPath().contains("/.."),
        "The path in the address of a route has characters that cannot be passed on.");
    for (String header : headers.keySet()) {
      require(HEADER.matcher(header).matches(), "The name of a header is not valid: " + header);
    }
    require(
        headers.keySet().stream().map(header -> header.toLowerCase(Locale.ROOT)).distinct().count()
            == headers.size(),
        "A route has a header twice, in upper and lower case.");
    for (String path : paths) {
      require(
          PATH.matcher(path).matches() && !path.contains(".."),
          "The path of a route is not valid: " + path);
    }
    require(!paths.isEmpty(), "A route without paths leads nowhere.");
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(PrintableText.printable(otherwise, 200));
    }
  }

  /**
   * Returns the path under which the gateway serves it: its name, and digits that no route has
   * which leads elsewhere or has another key. So one that is opened does not change another.
   */
  public String path() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, upstream.toString());
      paths.forEach(path -> add(digest, path));
      new TreeMap<>(headers)
          .forEach(
              (header, value) -> {
                add(digest, header);
                add(digest, value.reveal());
              });
      return "/" + name + "-" + HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, String part) {
    digest.update(part.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
