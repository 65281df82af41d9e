package dev.dispense.docker.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The numeric user and group that everything in a sandbox belongs to. */
public record Owner(int uid, int gid) {
  /** Returns the owner of a file on this machine. */
  public static Owner of(Path file) throws IOException {
    return new Owner(
        (Integer) Files.getAttribute(file, "unix:uid"),
        (Integer) Files.getAttribute(file, "unix:gid"));
  }

  /** Returns the owner that the engine calls {@code uid:gid}; root when it names none. */
  public static Owner parse(String user) {
    if (!user.matches("[0-9]{1,9}:[0-9]{1,9}")) {
      return new Owner(0, 0);
    }
    int colon = user.indexOf(':');
    return new Owner(
        Integer.parseInt(user.substring(0, colon)), Integer.parseInt(user.substring(colon + 1)));
  }
}
