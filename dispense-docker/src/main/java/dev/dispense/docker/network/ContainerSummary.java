package dev.dispense.docker.network;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A container as the engine lists it (Docker Engine API 1.41, {@code GET /containers/json}). Read
 * here, token by token: the commands that look a sandbox up are done before docker-java and data
 * binding are even loaded.
 *
 * @param names its names, each with a slash before it
 * @param image the reference that it was made from
 * @param state the engine's word for its state
 */
public record ContainerSummary(
    String id, List<String> names, String image, String state, Map<String, String> labels) {
  private static final JsonFactory JSON = new JsonFactory();

  public ContainerSummary {
    names = List.copyOf(names);
    labels = Map.copyOf(labels);
  }

  /** Reads the engine's list. */
  public static List<ContainerSummary> readAll(InputStream in) throws IOException {
    List<ContainerSummary> containers = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(in)) {
      require(parser.nextToken(), JsonToken.START_ARRAY);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        require(parser.currentToken(), JsonToken.START_OBJECT);
        containers.add(read(parser));
      }
    }
    return containers;
  }

  private static ContainerSummary read(JsonParser parser) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    List<String> names = new ArrayList<>();
    Map<String, String> labels = new TreeMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = text(parser.currentName());
      JsonToken value = parser.nextToken();
      if (field.equals("Names") && value == JsonToken.START_ARRAY) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          names.add(text(parser.getText()));
        }
      } else if (field.equals("Labels") && value == JsonToken.START_OBJECT) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String label = text(parser.currentName());
          parser.nextToken();
          labels.put(label, text(parser.getText()));
        }
      } else if (value == JsonToken.VALUE_STRING) {
        texts.put(field, text(parser.getText()));
      } else {
        parser.skipChildren();
      }
    }
    return new ContainerSummary(
        texts.getOrDefault("Id", ""),
        names,
        texts.getOrDefault("Image", ""),
        texts.getOrDefault("State", ""),
        labels);
  }

  private static void require(@Nullable JsonToken token, JsonToken wanted) throws IOException {
    if (token == null) {
      throw new EOFException("the engine's answer was cut off");
    }
    if (token != wanted) {
      throw new JsonParseException(
          null, "the engine's list of containers has another form at " + token);
    }
  }

  private static String text(@Nullable String value) throws IOException {
    if (value == null) {
      throw new EOFException("the engine's answer was cut off");
    }
    return value;
  }
}
