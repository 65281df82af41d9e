package dev.dispense.daytona.access;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.DaytonaLogin;
import java.util.Optional;

/**
 * Finds out who asks the service: as the vendor's own programs do, from the variables {@code
 * DAYTONA_API_KEY}, or {@code DAYTONA_JWT_TOKEN} with {@code DAYTONA_ORGANIZATION_ID}; then from
 * the configuration of the vendor's command; then from the key that {@link DaytonaLogin} has
 * stored.
 */
public final class AccessDiscovery {
  private static final String KEY_VARIABLE = "DAYTONA_API_KEY";
  private static final String TOKEN_VARIABLE = "DAYTONA_JWT_TOKEN";
  private static final String ORGANIZATION_VARIABLE = "DAYTONA_ORGANIZATION_ID";

  private final Environment host;

  public AccessDiscovery(Environment host) {
    this.host = host;
  }

  /**
   * Returns whether there is anything to find, be it damaged. Every list asks for that, so it takes
   * no lambda and, as long as there is nothing, no parser.
   */
  public boolean isConfigured() {
    return isSet(KEY_VARIABLE)
        || isSet(TOKEN_VARIABLE)
        || StoredLogin.of(host).exists()
        || isLoggedIn();
  }

  private boolean isSet(String variable) {
    return !host.variables().getOrDefault(variable, "").isEmpty();
  }

  private boolean isLoggedIn() {
    try {
      return VendorConfig.read(host, Optional.empty()).isPresent();
    } catch (DispenseException e) {
      return true;
    }
  }

  /**
   * Returns what is found first.
   *
   * @throws UnavailableException when there is nothing
   */
  public Access find() {
    return fromKey()
        .or(this::fromToken)
        .or(() -> VendorConfig.read(host, target()))
        .or(this::fromLogin)
        .orElseThrow(
            () ->
                new UnavailableException(
                    "Tried to use Daytona but failed because there is no key for it. Set "
                        + KEY_VARIABLE
                        + " to a key of yours (Daytona's dashboard makes one), or store one.",
                    null,
                    new DispenseException.Hint.StoreKey("daytona")));
  }

  private Optional<Access> fromKey() {
    return host.variable(KEY_VARIABLE)
        .map(
            key ->
                new Access(
                    address(),
                    secret(key, KEY_VARIABLE),
                    Optional.empty(),
                    target(),
                    "the variable " + KEY_VARIABLE));
  }

  private Optional<Access> fromToken() {
    Optional<String> token = host.variable(TOKEN_VARIABLE);
    if (token.isEmpty()) {
      return Optional.empty();
    }
    String organization =
        host.variable(ORGANIZATION_VARIABLE)
            .orElseThrow(
                () ->
                    new UnavailableException(
                        "Tried to use "
                            + TOKEN_VARIABLE
                            + " but failed because "
                            + ORGANIZATION_VARIABLE
                            + " is not set, which says for which organization it is. Set it too,"
                            + " or use "
                            + KEY_VARIABLE
                            + " instead."));
    return Optional.of(
        new Access(
            address(),
            secret(token.get(), TOKEN_VARIABLE),
            Optional.of(organization),
            target(),
            "the variable " + TOKEN_VARIABLE));
  }

  private Optional<Access> fromLogin() {
    return StoredLogin.of(host)
        .read()
        .map(
            login ->
                new Access(
                    login.address(), login.key(), Optional.empty(), target(), "the stored login"));
  }

  /** Returns the address that the environment or the settings name. */
  public ServerAddress address() {
    return variableAddress("DAYTONA_API_URL")
        .or(() -> variableAddress("DAYTONA_SERVER_URL"))
        .or(
            () ->
                host.setting("daytona.api-url")
                    .map(value -> ServerAddress.of(value, "the setting daytona.api-url")))
        .orElse(ServerAddress.CLOUD);
  }

  private Optional<ServerAddress> variableAddress(String name) {
    return host.variable(name).map(value -> ServerAddress.of(value, "the variable " + name));
  }

  private Optional<String> target() {
    return host.variable("DAYTONA_TARGET").or(() -> host.setting("daytona.target"));
  }

  /** Returns a key as it is sent, without the line break that an editor puts at its end. */
  public static Secret secret(String value, String origin) {
    String key = value.strip();
    if (key.isEmpty() || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new UnavailableException(
          "Tried to read a key for Daytona from "
              + origin
              + " but failed because what is there is no key: it has blanks, line breaks or other"
              + " characters that no key has. Set it again.");
    }
    return Secret.of(key);
  }
}
