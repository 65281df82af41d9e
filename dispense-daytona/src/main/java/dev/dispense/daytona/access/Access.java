package dev.dispense.daytona.access;

import dev.dispense.Secret;
import java.util.Optional;

/**
 * Where the service is and who asks it.
 *
 * @param address the address of the main API, without a slash at its end
 * @param token an API key, or the access token of a login
 * @param organization the organization that is meant; needed with an access token, as a key belongs
 *     to one
 * @param target the region of new sandboxes; default the organization's own
 * @param origin where the token was found, for a person
 */
public record Access(
    ServerAddress address,
    Secret token,
    Optional<String> organization,
    Optional<String> target,
    String origin) {
  /** Returns whether the token is that of a login, a JWT, which expires within hours. */
  public boolean isLogin() {
    return token.reveal().startsWith("eyJ");
  }
}
