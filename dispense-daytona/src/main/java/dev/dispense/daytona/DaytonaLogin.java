package dev.dispense.daytona;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.Access;
import dev.dispense.daytona.access.AccessDiscovery;
import dev.dispense.daytona.access.ServerAddress;
import dev.dispense.daytona.access.StoredLogin;
import dev.dispense.daytona.http.Failure;
import dev.dispense.daytona.http.Http;
import dev.dispense.daytona.http.RetryingCalls;
import dev.dispense.daytona.http.Sleeper;
import java.nio.file.Path;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;

/** Keeps a key for Daytona, so that it need not be in the environment of each command. */
public final class DaytonaLogin {
  private DaytonaLogin() {}

  /**
   * Checks a key and stores it in {@code $XDG_CONFIG_HOME/dispense/daytona.properties}, which only
   * its owner can read. It replaces one that was stored before, and is sent only to the server that
   * has accepted it: the one that {@code DAYTONA_API_URL} or the setting {@code daytona.api-url}
   * names, by default Daytona's own.
   *
   * @param key an API key of Daytona's
   * @return the file
   * @throws UnavailableException when the server cannot be reached or does not accept the key, or
   *     the key would travel in clear text
   * @throws DispenseException when the key cannot be stored
   */
  public static Path store(Environment host, Secret key) {
    Secret checked = AccessDiscovery.secret(key.reveal(), "what was given");
    ServerAddress address = new AccessDiscovery(host).address();
    check(host, new Access(address, checked, Optional.empty(), Optional.empty(), "this login"));
    StoredLogin login = StoredLogin.of(host);
    login.write(new StoredLogin.Login(checked, address));
    return login.file();
  }

  private static void check(Environment host, Access access) {
    HttpUrl url =
        HttpUrl.get(access.address().value())
            .newBuilder()
            .addPathSegments("api-keys/current")
            .build();
    try (Http http = new Http(host, access)) {
      RetryingCalls calls = new RetryingCalls(http, Sleeper.REAL);
      String doing = "check the key";
      JsonNode answer = calls.json(doing, new Request.Builder().url(url).build());
      if (!answer.path("name").isTextual()) {
        throw Failure.senseless(doing, access.address());
      }
    }
  }
}
