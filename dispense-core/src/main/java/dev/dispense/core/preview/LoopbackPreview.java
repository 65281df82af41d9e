package dev.dispense.core.preview;

import dev.dispense.PortForward;
import dev.dispense.Secret;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;

/** A preview behind a port of the loopback. */
final class LoopbackPreview implements PortForward.Preview {
  private static final int TOKEN_BYTES = 32;

  private final LoopbackPort port;

  private final Secret token;

  LoopbackPreview(LoopbackPort port, Secret token) {
    this.port = port;
    this.token = token;
  }

  /** Returns a token that cannot be guessed, of letters, digits, {@code -} and {@code _}. */
  static Secret newToken() {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  @Override
  public URI url() {
    return URI.create(
        "http://127.0.0.1:%d/?%s=%s"
            .formatted(address().getPort(), PreviewGuard.PARAMETER, token.reveal()));
  }

  @Override
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
