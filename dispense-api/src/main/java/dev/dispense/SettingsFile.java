package dev.dispense;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code config.properties}, which people write by hand. */
public final class SettingsFile {
  private static final int MAX_BYTES = 1 << 20;

  private final Path file;

  private SettingsFile(Path file) {
    this.file = file;
  }

  /**
   * Returns the settings in a file; none when there is no such file.
   *
   * @throws DispenseException when it cannot be read, or is none
   */
  static Map<String, String> read(Path file) {
    return new SettingsFile(file).read();
  }

  /**
   * Returns the settings in a text.
   *
   * @param file where the text is, for a message
   * @throws DispenseException when it is none
   */
  public static Map<String, String> parse(Path file, String text) {
    return new SettingsFile(file).parse(text);
  }

  private Map<String, String> read() {
    try {
      if (Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
        // Reading a pipe or a device may never end.
        throw failure("it is a pipe, a socket or a device", null);
      }
      return parse(text());
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (IOException e) {
      throw failure(DispenseException.reason(e), e);
    }
  }

  private Map<String, String> parse(String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IllegalArgumentException e) {
      throw failure("four hexadecimal digits must follow each '\\u'" + line(text), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> settings = new HashMap<>();
    for (String name : properties.stringPropertyNames()) {
      settings.put(name, properties.getProperty(name).strip());
    }
    return settings;
  }

  private String text() throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw failure("it is larger than 1 MiB, so not what belongs there", null);
    }
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    if (text.indexOf('\0') >= 0) {
      throw failure("it is not text", null);
    }
    return text;
  }

  /** Says in which line {@link Properties} stumbles, which it does not tell. */
  private static String line(String text) {
    Pattern malformed = Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\u(?!\\p{XDigit}{4})");
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (malformed.matcher(line).find()) {
        return ", and do not in line " + number;
      }
    }
    return "";
  }

  private DispenseException failure(String why, @Nullable Exception cause) {
    return new DispenseException(
        "Tried to read the settings in %s but failed because %s. Correct the file, or move it away."
            .formatted(file, why),
        cause);
  }
}
