package dev.dispense.testkit.daytona;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Routes;
import dev.dispense.testkit.daytona.toolbox.ToolboxApi;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What clients may ask for, read from {@code requests.txt}, whose head describes its format. It
 * says nothing of answers.
 */
final class WireTable {
  private final Routes<Request> requests = new Routes<>();
  private final WireTypes types = new WireTypes();

  private WireTable() {}

  static WireTable load() {
    WireTable table = new WireTable();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(WireTable.class.getResourceAsStream("requests.txt")),
                StandardCharsets.UTF_8))) {
      table.read(lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table;
  }

  /** Returns in what a request differs from the table, one sentence each. */
  List<String> violations(Call call, @Nullable JsonNode body) {
    String name = call.method() + " " + call.target();
    Optional<Routes.Found<Request>> found = requests.find(call.method(), call.segments());
    if (found.isEmpty()) {
      return List.of(name + ": there is no such request");
    }
    Request request = found.get().handler();
    List<String> violations = new ArrayList<>();
    call.query().keySet().stream()
        .filter(parameter -> !request.query.containsKey(parameter))
        .filter(parameter -> !parameter.equals(ToolboxApi.KEY_PARAMETER))
        .forEach(parameter -> violations.add(name + ": unknown parameter " + parameter));
    request.query.forEach(
        (parameter, type) -> {
          List<String> values = call.parameters(parameter);
          if (values.isEmpty() && type.required()) {
            violations.add(name + ": parameter " + parameter + " is missing");
          }
          values.stream()
              .filter(value -> !types.fitsText(type.name(), value))
              .forEach(value -> violations.add(name + ": parameter " + parameter + " is " + value));
        });
    if (request.body != null && body == null && types.hasRequired(request.body)) {
      violations.add(name + ": the body is missing");
    } else if (request.body != null && body != null) {
      types.check(request.body, body, name + ": body", violations);
    }
    return violations;
  }

  private void read(BufferedReader lines) {
    Request request = new Request();
    Map<String, WireTypes.Type> fields = new LinkedHashMap<>();
    for (String line : lines.lines().filter(WireTable::says).toList()) {
      String[] words = line.strip().split(" ", -1);
      if (words[0].equals("?")) {
        request.query.put(plain(words[1]), WireTypes.Type.of(words[1], words[2]));
      } else if (words[0].equals(":")) {
        request.body = words[1];
      } else if (words[0].equals("=") && words.length > 2) {
        types.addValues(words[1], words[2]);
      } else if (words[0].equals("=")) {
        fields = types.addObject(words[1]);
      } else if (line.startsWith(" ")) {
        fields.put(plain(words[0]), WireTypes.Type.of(words[0], words[1]));
      } else {
        request = new Request();
        requests.on(words[0], words[1].substring(1), request);
      }
    }
  }

  private static boolean says(String line) {
    return !line.isEmpty() && !line.startsWith("#");
  }

  private static String plain(String name) {
    return name.replace("!", "");
  }

  private static final class Request {
    final Map<String, WireTypes.Type> query = new HashMap<>();
    @Nullable String body;
  }
}
