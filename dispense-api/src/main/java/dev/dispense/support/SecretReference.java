package dev.dispense.support;

import dev.dispense.Environment;
import dev.dispense.RefusedException;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * A key that a setting names without holding it: {@code env:NAME} or {@code file:/path}.
 *
 * @param secret the key
 * @param origin where it was found, for a person
 */
public record SecretReference(Secret secret, String origin) {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  /**
   * Reads the key that a setting names.
   *
   * @param setting what the user calls it, for a message
   * @param reference its value
   * @throws UnavailableException when there is no such variable or file, or nothing in it
   * @throws RefusedException when the value may be a key itself, or names what others can read
   */
  public static SecretReference resolve(Environment host, String setting, String reference) {
    if (reference.startsWith("env:")) {
      return fromVariable(host, setting, reference.substring("env:".length()));
    }
    if (reference.startsWith("file:")) {
      return fromFile(setting, reference.substring("file:".length()));
    }
    // The value is not shown: it may well be the key itself.
    throw new RefusedException(
        "Tried to read the setting "
            + setting
            + " but failed because it must say where the key is, not what it is: set it to"
            + " env:NAME, an environment variable, or to file:/path, a file that only you can"
            + " read.");
  }

  private static SecretReference fromVariable(Environment host, String setting, String name) {
    String origin = "the environment variable " + name + " (setting " + setting + ")";
    return host.variable(name)
        .map(value -> new SecretReference(secret(value, origin), origin))
        .orElseThrow(
            () ->
                new UnavailableException(
                    "Tried to read the key that the setting "
                        + setting
                        + " names but failed because the environment variable "
                        + name
                        + " is not set: set it, or change the setting."));
  }

  private static SecretReference fromFile(String setting, String name) {
    String origin = "the file " + name + " (setting " + setting + ")";
    try {
      Path file = Path.of(name);
      if (!file.isAbsolute()) {
        throw new RefusedException(
            "Tried to read the key from "
                + origin
                + " but failed because its path is not absolute: write all of it.");
      }
      checkOwnerOnly(file, origin);
      return new SecretReference(secret(Files.readString(file), origin), origin);
    } catch (NoSuchFileException e) {
      throw new UnavailableException(
          "Tried to read the key from "
              + origin
              + " but failed because there is no such file: create it, with mode 600, or change"
              + " the setting.",
          e);
    } catch (IOException | InvalidPathException e) {
      throw new UnavailableException(
          "Tried to read the key from "
              + origin
              + " but failed because it is not a text file that you can read: check the path and"
              + " its owner.",
          e);
    }
  }

  private static void checkOwnerOnly(Path file, String origin) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return; // Windows: a file of the user's profile is the user's alone already.
    }
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(view.readAttributes().permissions());
    permissions.retainAll(OTHERS);
    if (!permissions.isEmpty()) {
      throw new RefusedException(
          "Tried to read the key from "
              + origin
              + " but failed because other users can read or change that file: run chmod 600 on"
              + " it, and replace the key if others may have read it.");
    }
  }

  /**
   * Returns the key in {@code value}, without the line break that an editor puts at its end.
   *
   * @param origin where it was found, for a message
   * @throws UnavailableException when it is empty
   * @throws RefusedException when it has several lines
   */
  public static Secret secret(String value, String origin) {
    String key = value.strip();
    if (key.isEmpty()) {
      throw new UnavailableException(
          "Tried to read the key from " + origin + " but failed because it is empty.");
    }
    if (key.chars().anyMatch(Character::isISOControl)) {
      throw new RefusedException(
          "Tried to read the key from "
              + origin
              + " but failed because it has more than one line: it must hold the key and nothing"
              + " else.");
    }
    return Secret.of(key);
  }
}
