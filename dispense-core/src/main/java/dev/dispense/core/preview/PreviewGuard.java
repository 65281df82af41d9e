package dev.dispense.core.preview;

import dev.dispense.PortForward;
import dev.dispense.Secret;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which requests to a {@linkplain PortForward.Preview preview} go through to the web server
 * of the sandbox, and takes out of them what lets them through.
 *
 * <p>A cookie is not enough: browsers send it to all ports of this machine, and with requests that
 * pages of its other ports make. So the cookies of all previews are taken out, and a browser must
 * say that the request is of the preview's own pages, or of the user ({@code Origin}, {@code
 * Sec-Fetch-Site}). {@code Host} tells the page of another name that leads here (DNS rebinding).
 */
final class PreviewGuard {
  /** What has the token in an address. */
  static final String PARAMETER = "dispense";

  private static final String COOKIES = "dispense-preview-";
  private static final String BEARER = "bearer ";

  private static final Set<String> READING = Set.of("GET", "HEAD");

  /** What is between two programs alone, and is made anew. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "keep-alive", "proxy-connection", "te", "upgrade", "http2-settings");

  private final Set<String> hosts;
  private final String cookie;
  private final Secret token;

  PreviewGuard(int port, Secret token) {
    this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port);
    this.cookie = COOKIES + port;
    this.token = token;
  }

  /** What becomes of a request. */
  sealed interface Verdict {}

  /**
   * It goes on to the server.
   *
   * @param upgrade whether it becomes a WebSocket if the server wants
   */
  record Admitted(HttpHead request, boolean upgrade) implements Verdict {}

  /** It is answered here. */
  record Answered(HttpResponse answer) implements Verdict {}

  Verdict judge(HttpHead request) throws ProtocolException {
    Optional<String> host = request.value("Host").map(PreviewGuard::lowerCase);
    if (host.filter(hosts::contains).isEmpty()) {
      return new Answered(
          HttpResponse.refusal(403, "This is a preview of a sandbox, and has no such name."));
    }
    if (READING.contains(request.method()) && hasTokenInAddress(request.target())) {
      return new Answered(entrance(request, host.get()));
    }
    if (!hasToken(request)) {
      return new Answered(
          HttpResponse.refusal(
                  401,
                  "This is a preview of a sandbox. Open the whole address of the preview, with its"
                      + " token.")
              .with("WWW-Authenticate", "Bearer"));
    }
    if (isForeign(request, "http://" + host.get())) {
      return new Answered(
          HttpResponse.refusal(
              403,
              "This is a preview of a sandbox. Another page made this request, which is refused."));
    }
    return admitted(request);
  }

  /** Leads to the same address without the token, which nothing then shows or passes on. */
  private HttpResponse entrance(HttpHead request, String host) {
    String address = "http://" + host + withoutToken(request.target());
    // A cookie of this kind does not go with a redirection that began at another site's link.
    HttpResponse answer =
        request.values("Sec-Fetch-Site").contains("cross-site")
            ? new HttpResponse(200, List.of(), "").with("Refresh", "0; url=" + address)
            : new HttpResponse(303, List.of(), "").with("Location", address);
    return answer
        .with("Referrer-Policy", "no-referrer")
        .with(
            "Set-Cookie",
            "%s=%s; Path=/; HttpOnly; SameSite=Strict".formatted(cookie, token.reveal()));
  }

  private boolean hasTokenInAddress(String target) {
    return parameters(target).stream().anyMatch(this::isTokenParameter);
  }

  private boolean isTokenParameter(String parameter) {
    String name = PARAMETER + "=";
    return parameter.startsWith(name) && isToken(parameter.substring(name.length()));
  }

  private String withoutToken(String target) {
    List<String> others = new ArrayList<>(parameters(target));
    others.removeIf(this::isTokenParameter);
    String path = target.substring(0, target.indexOf('?'));
    return others.isEmpty() ? path : path + "?" + String.join("&", others);
  }

  private static List<String> parameters(String target) {
    int query = target.indexOf('?');
    return query < 0 ? List.of() : List.of(target.substring(query + 1).split("&", -1));
  }

  private boolean hasToken(HttpHead request) {
    return request.fields().stream().anyMatch(this::isBearer)
        || request.values("Cookie").stream()
            .flatMap(value -> cookies(value).stream())
            .anyMatch(this::isTokenCookie);
  }

  private boolean isBearer(HttpHead.Field field) {
    String value = field.value();
    return field.is("Authorization")
        && value.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && isToken(value.substring(BEARER.length()).strip());
  }

  private boolean isTokenCookie(String pair) {
    return pair.startsWith(cookie + "=") && isToken(pair.substring(cookie.length() + 1));
  }

  private boolean isToken(String text) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.ISO_8859_1),
        token.reveal().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static List<String> cookies(String header) {
    return List.of(header.split("[ \t]*;[ \t]*", -1));
  }

  /** Whether a browser says that the request is of another page, or does not say of which. */
  private static boolean isForeign(HttpHead request, String own) throws ProtocolException {
    Optional<String> site = request.value("Sec-Fetch-Site");
    if (site.isPresent() && !Set.of("same-origin", "none").contains(site.get())) {
      return true;
    }
    Optional<String> origin = request.value("Origin");
    // A form of a page that hides where it was opened from has the origin "null".
    boolean hidden = origin.equals(Optional.of("null")) && site.equals(Optional.of("same-origin"));
    return origin.isPresent() && !origin.get().equalsIgnoreCase(own) && !hidden;
  }

  private Admitted admitted(HttpHead request) {
    Set<String> named = request.words("Connection");
    boolean upgrade =
        request.method().equals("GET")
            && request.words("Upgrade").equals(Set.of("websocket"))
            && named.contains("upgrade");
    boolean last = request.isHttp10() || named.contains("close");
    HttpHead passed =
        withoutCookies(request)
            .without(this::isBearer)
            .without(field -> OF_THE_CONNECTION.contains(lowerCase(field.name())));
    if (upgrade) {
      return new Admitted(passed.with("Connection", "Upgrade").with("Upgrade", "websocket"), true);
    }
    return new Admitted(last ? passed.with("Connection", "close") : passed, false);
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static HttpHead withoutCookies(HttpHead request) {
    List<HttpHead.Field> fields = new ArrayList<>();
    for (HttpHead.Field field : request.fields()) {
      if (!field.is("Cookie")) {
        fields.add(field);
        continue;
      }
      List<String> others = new ArrayList<>(cookies(field.value()));
      others.removeIf(pair -> pair.startsWith(COOKIES));
      if (!others.isEmpty()) {
        fields.add(new HttpHead.Field(field.name(), String.join("; ", others)));
      }
    }
    return new HttpHead(request.start(), fields);
  }
}
