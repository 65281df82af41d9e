package dev.dispense.daytona.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * The configuration file of the vendor's own command, of which only the active profile counts. It
 * is never written: a token that has expired can only be renewed by that command.
 */
final class VendorConfig {
  private VendorConfig() {}

  /**
   * Returns what the active profile says; empty without the file, or when nobody has logged in.
   *
   * @throws UnavailableException when the file cannot be read, or its token has expired
   */
  static Optional<Access> read(Environment host, Optional<String> target) {
    Path file = file(host);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    JsonNode config = parse(file);
    String active = config.path("activeProfile").asText("");
    for (JsonNode profile : config.path("profiles")) {
      if (profile.path("id").asText("").equals(active)) {
        return access(host, file, profile, target);
      }
    }
    return Optional.empty();
  }

  private static Path file(Environment host) {
    String directory = host.variables().getOrDefault("DAYTONA_CONFIG_DIR", "");
    if (!directory.isEmpty()) {
      return Path.of(directory, "config.json");
    }
    Path mac = host.userHome().resolve("Library/Application Support/daytona/config.json");
    return Files.isRegularFile(mac)
        ? mac
        : StoredLogin.configuration(host).resolve("daytona/config.json");
  }

  private static JsonNode parse(Path file) {
    try {
      return new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      // The text of a parse error has parts of the file in it, and so perhaps of the key.
      throw new UnavailableException(
          "Tried to read the configuration of Daytona's own command in "
              + file
              + " but failed because it cannot be read, or is not JSON. Correct it, set"
              + " DAYTONA_API_KEY, or move it away.");
    }
  }

  private static Optional<Access> access(
      Environment host, Path file, JsonNode profile, Optional<String> target) {
    JsonNode api = profile.path("api");
    String origin = "the configuration of Daytona's own command (" + file + ")";
    String key = api.path("key").asText("");
    String token = api.path("token").path("accessToken").asText("");
    if (key.isEmpty() && token.isEmpty()) {
      return Optional.empty();
    }
    ServerAddress address =
        Optional.of(api.path("url").asText(""))
            .filter(url -> !url.isEmpty())
            .map(url -> ServerAddress.of(url, origin))
            .orElse(ServerAddress.CLOUD);
    if (!key.isEmpty()) {
      return Optional.of(
          new Access(
              address, AccessDiscovery.secret(key, origin), Optional.empty(), target, origin));
    }
    if (hasExpired(host, api.path("token").path("expiresAt").asText(""))) {
      throw new UnavailableException(
          "Tried to use the login of Daytona's own command but failed because it has expired. Log"
              + " in again with: daytona login. Or set DAYTONA_API_KEY.");
    }
    return Optional.of(
        new Access(
            address,
            AccessDiscovery.secret(token, origin),
            Optional.of(profile.path("activeOrganizationId").asText(""))
                .filter(organization -> !organization.isEmpty()),
            target,
            origin));
  }

  private static boolean hasExpired(Environment host, String expiresAt) {
    try {
      return OffsetDateTime.parse(expiresAt).toInstant().isBefore(host.clock().instant());
    } catch (DateTimeParseException e) {
      // The server will say so when it has.
      return false;
    }
  }
}
