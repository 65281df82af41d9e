package dev.dispense.cli.terminal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One JSON object on one line. What is absent is {@code null}. */
public final class JsonLine {
  // All but ASCII is escaped, and so every character that a terminal would act upon.
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final StringWriter text = new StringWriter();
  private final JsonGenerator generator;

  public JsonLine() {
    try {
      generator = FACTORY.createGenerator(text);
      generator.writeStartObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a value, as its string. */
  public JsonLine add(String key, @Nullable Object value) {
    return write(
        key,
        () -> {
          if (value == null) {
            generator.writeNull();
          } else {
            generator.writeString(value.toString());
          }
        });
  }

  public JsonLine add(String key, Optional<?> value) {
    return add(key, value.orElse(null));
  }

  public JsonLine add(String key, long value) {
    return write(key, () -> generator.writeNumber(value));
  }

  public JsonLine add(String key, OptionalInt value) {
    return value.isPresent() ? add(key, value.getAsInt()) : add(key, (Object) null);
  }

  public JsonLine add(String key, OptionalLong value) {
    return value.isPresent() ? add(key, value.getAsLong()) : add(key, (Object) null);
  }

  public JsonLine add(String key, OptionalDouble value) {
    return value.isPresent()
        ? write(key, () -> generator.writeNumber(value.getAsDouble()))
        : add(key, (Object) null);
  }

  private JsonLine write(String key, Value value) {
    try {
      generator.writeFieldName(key);
      value.write();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the object and returns it. */
  @Override
  public String toString() {
    try {
      generator.close();
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FunctionalInterface
  private interface Value {
    void write() throws IOException;
  }
}
