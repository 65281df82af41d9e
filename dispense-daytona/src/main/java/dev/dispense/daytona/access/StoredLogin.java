package dev.dispense.daytona.access;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.support.WholeFile;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** The file that holds the key of a login, which only its owner may read. */
public record StoredLogin(Path file) {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /**
   * What is stored.
   *
   * @param key the key
   * @param address the server that has accepted it; it is sent to no other
   */
  public record Login(Secret key, ServerAddress address) {}

  public static StoredLogin of(Environment host) {
    return new StoredLogin(configuration(host).resolve("dispense/daytona.properties"));
  }

  /** Returns the directory that programs keep the user's configuration in. */
  static Path configuration(Environment host) {
    String value = host.variables().getOrDefault("XDG_CONFIG_HOME", "");
    return value.startsWith("/") ? Path.of(value) : host.userHome().resolve(".config");
  }

  boolean exists() {
    return Files.exists(file);
  }

  /**
   * Reads the file; empty when there is none.
   *
   * @throws UnavailableException when it cannot be read, or others can read it too
   */
  Optional<Login> read() {
    Properties properties = new Properties();
    try {
      checkOwnerOnly();
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new UnavailableException(
          "Tried to read the key for Daytona in "
              + file
              + " but failed because "
              + DispenseException.reason(e)
              + ". Store it again.",
          e,
          new DispenseException.Hint.StoreKey("daytona"));
    }
    String origin = file.toString();
    return Optional.of(
        new Login(
            AccessDiscovery.secret(properties.getProperty("api-key", ""), origin),
            ServerAddress.of(
                properties.getProperty("api-url", ServerAddress.CLOUD.value()), origin)));
  }

  private void checkOwnerOnly() throws IOException {
    Set<PosixFilePermission> permissions =
        EnumSet.copyOf(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    permissions.removeAll(EnumSet.of(PosixFilePermission.OWNER_EXECUTE));
    permissions.removeAll(OWNER_ONLY);
    if (!permissions.isEmpty()) {
      throw new UnavailableException(
          "Refused to use the key for Daytona in "
              + file
              + " because other users can read or change that file. Run chmod 600 on it, and make a"
              + " new key if others may have read it.");
    }
  }

  /** Writes the file, whole or not at all; no other user can read it at any time. */
  public void write(Login login) {
    Properties properties = new Properties();
    properties.setProperty("api-key", login.key().reveal());
    properties.setProperty("api-url", login.address().value());
    try {
      StringWriter text = new StringWriter();
      properties.store(text, "A key for Daytona, written by Dispense.");
      Files.createDirectories(file.getParent());
      WholeFile.write(file, text.toString());
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to store the key for Daytona in "
              + file
              + " but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }
}
