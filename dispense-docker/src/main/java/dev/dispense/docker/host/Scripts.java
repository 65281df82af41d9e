package dev.dispense.docker.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The texts that ship in this jar. */
public final class Scripts {
  private Scripts() {}

  /** Returns a text by its file name. */
  public static String read(String name) {
    try (InputStream in = Scripts.class.getResourceAsStream("/dev/dispense/docker/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the jar of dispense-docker lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
