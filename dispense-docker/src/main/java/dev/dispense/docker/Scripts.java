package dev.dispense.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** The shell programs and other texts that ship in this jar. */
final class Scripts {
  private Scripts() {}

  /**
   * Returns a shell program by its file name, without the comments that a process list would show.
   */
  static String program(String name) {
    return read(name)
        .lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .collect(Collectors.joining("\n"));
  }

  /** Returns a text by its file name. */
  static String read(String name) {
    try (InputStream in = Scripts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar of dispense-docker lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
