package dev.dispense;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A web server of a sandbox, reached through a loopback port of this machine by those who have the
 * token, until it is closed. Other users of this machine, and pages of other servers that a browser
 * shows, are refused: each request has to bring the token and to come from the preview itself. You
 * own it and must close it; closing twice does nothing.
 *
 * <p>HTTP/1 and WebSocket pass; for other protocols there is {@link Sandbox#forward}. The server
 * gets the requests as they are but for the token, with the {@code Host} that the client used.
 */
public final class LocalPreview implements Forwarding {
  private static final int TOKEN_BYTES = 32;

  private final LoopbackPort port;
  private final Secret token;

  LocalPreview(LoopbackPort port, Secret token) {
    this.port = port;
    this.token = token;
  }

  /** Returns a token that cannot be guessed, of letters, digits, {@code -} and {@code _}. */
  static Secret newToken() {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /**
   * Returns the address for a browser. It has the token in it, which a cookie takes over at the
   * first visit; it can be opened several times.
   */
  public URI url() {
    return URI.create(
        "http://127.0.0.1:%d/?%s=%s"
            .formatted(address().getPort(), PreviewDoor.PARAMETER, token.reveal()));
  }

  /** Returns the token, which a program sends as {@code Authorization: Bearer <token>}. */
  public Secret token() {
    return token;
  }

  @Override
  public InetSocketAddress address() {
    return port.address();
  }

  @Override
  public void close() {
    port.close();
  }
}
