package dev.dispense.core.config;

import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The files {@code META-INF/services/…} of one extension point, read to tell what is wrong. */
final class ServiceFiles {
  private final Class<?> type;
  private final ClassLoader loader;

  ServiceFiles(Class<?> type, ClassLoader loader) {
    this.type = type;
    this.loader = loader;
  }

  /**
   * Returns which entry cannot be loaded, with its file and line where these are found, and why.
   */
  String describe(Error error) {
    String reason = String.valueOf(error.getMessage());
    if (error.getCause() != null) {
      reason = reason + " (" + error.getCause() + ")";
    }
    List<String> places = places(reason);
    return "Tried to load a plugin%s but failed because %s. Correct that jar, or remove it."
        .formatted(
            places.isEmpty() ? "" : " named in " + String.join(" and in ", places),
            PrintableText.printable(reason.replace(type.getName() + ": ", ""), 500));
  }

  /** Returns the lines that name a class which the reason names too. */
  private List<String> places(String reason) {
    List<String> places = new ArrayList<>();
    try {
      for (URL file :
          Collections.list(loader.getResources("META-INF/services/" + type.getName()))) {
        int number = 0;
        for (String line : lines(file)) {
          number++;
          String name = line.replaceAll("#.*", "").strip();
          if (!name.isEmpty() && reason.contains(name)) {
            places.add("%s, line %d,".formatted(file, number));
          }
        }
      }
    } catch (IOException e) {
      places.add("a file that cannot be read (%s)".formatted(DispenseException.reason(e)));
    }
    return places;
  }

  private static List<String> lines(URL file) throws IOException {
    URLConnection connection = file.openConnection();
    // A jar that is kept open could not be replaced.
    connection.setUseCaches(false);
    try (InputStream in = connection.getInputStream();
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
