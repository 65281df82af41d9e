package dev.dispense.cli.terminal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds what a person wants to know of a tool's input, such as the command of a shell. */
final class ToolInput {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** The names under which the tools of the known agents have it, most telling first. */
  private static final List<String> TELLING =
      List.of("command", "file_path", "path", "pattern", "url", "query", "description", "prompt");

  private ToolInput() {}

  /** Returns the main part of the input, or all of it where it is not known which that is. */
  static String summary(String json) {
    Map<String, String> strings = strings(json);
    return TELLING.stream()
        .filter(strings::containsKey)
        .findFirst()
        .or(() -> strings.keySet().stream().findFirst())
        .map(key -> strings.getOrDefault(key, ""))
        .orElse(json.equals("{}") ? "" : json);
  }

  /** Returns the strings at the top of an object; none when it is not one. */
  private static Map<String, String> strings(String json) {
    Map<String, String> strings = new LinkedHashMap<>();
    try (JsonParser parser = FACTORY.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return strings;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_STRING) {
          strings.put(key, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      // What cannot be read to its end is shown as far as it could.
      return strings;
    }
    return strings;
  }
}
