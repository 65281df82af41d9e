package dev.dispense.testkit.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Asks the fake what a real server was asked, and compares the answers with its. */
final class DaytonaRecordingsTest {
  private final Map<String, String> noted = new HashMap<>();
  private final List<String> differences = new ArrayList<>();

  @Test
  void answersWhatARealServerAnswered() throws Exception {
    try (FakeDaytona daytona =
        FakeDaytona.builder("none")
            .snapshot("localhost:5000/sandbox-base:1.0", "none")
            .hold(Duration.ofMillis(300))
            .start()) {
      List<String> lines = recordings();
      int answers = 0;
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.startsWith("! ")) {
          direct(daytona, line.substring(2));
        } else {
          compare(line, ask(daytona, line), lines.get(++i));
          answers++;
        }
      }
      assertThat(differences).isEmpty();
      assertThat(answers).isGreaterThan(100);
    }
  }

  private static List<String> recordings() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    DaytonaRecordingsTest.class.getResourceAsStream("recordings.txt")),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    }
  }

  private void direct(FakeDaytona daytona, String directive) throws IOException {
    String[] words = noted(directive).split(" ", 2);
    switch (words[0]) {
      case "freeze" -> daytona.faults().freeze();
      case "thaw" -> daytona.faults().thaw();
      case "fail" -> daytona.faults().failStart(words[1]);
      case "storm" -> daytona.faults().tooManyRequests(words[1], 1, Duration.ofMinutes(1));
      case "await" -> {
        String[] what = words[1].split(" ", 2);
        new DaytonaClient(daytona).awaitState(what[0], what[1]);
      }
      default -> throw new IllegalArgumentException(directive);
    }
  }

  private DaytonaClient.Answer ask(FakeDaytona daytona, String line) throws IOException {
    String[] words = noted(line).split(" ", 3);
    String key =
        switch (words[0]) {
          case "nobody" -> "";
          case "stranger" -> "wrong";
          default -> daytona.apiKey();
        };
    if (!key.equals(daytona.apiKey())) {
      words = words[1].concat(" ").concat(words[2]).split(" ", 3);
    }
    DaytonaClient client = new DaytonaClient(daytona, key);
    return words.length > 2
        ? client.call(words[0], words[1], words[2])
        : client.call(words[0], words[1]);
  }

  private void compare(String request, DaytonaClient.Answer answer, String recorded)
      throws IOException {
    String[] words = recorded.split(" ", 3);
    String throttler =
        answer.response().headers().map().keySet().stream()
            .map(name -> name.toLowerCase(java.util.Locale.ROOT))
            .filter(name -> name.startsWith("x-ratelimit-limit-"))
            .map(name -> name.substring("x-ratelimit-limit-".length()))
            .findFirst()
            .orElse("-");
    String what = request.length() > 150 ? request.substring(0, 150) + "…" : request;
    if (answer.status() != Integer.parseInt(words[0]) || !throttler.equals(words[1])) {
      differences.add(what + ": " + answer.status() + " " + throttler + " " + answer.text());
    } else {
      compare(what + ": answer", DaytonaClient.JSON.readTree(words[2]), answer.json());
    }
  }

  private void compare(String where, JsonNode recorded, JsonNode actual) {
    if (recorded.isTextual() && recorded.asText().equals("*")) {
      return;
    }
    if (recorded.isObject() && actual.isObject()) {
      recorded
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (actual.has(name)) {
                  compare(where + "." + name, recorded.get(name), actual.get(name));
                } else {
                  differences.add(where + "." + name + " is missing");
                }
              });
      actual
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (!recorded.has(name)) {
                  differences.add(where + "." + name + " is too much");
                }
              });
    } else if (recorded.isArray() && actual.isArray() && recorded.size() == actual.size()) {
      for (int i = 0; i < recorded.size(); i++) {
        compare(where + "[" + i + "]", recorded.get(i), actual.get(i));
      }
    } else if (recorded.isTextual() && actual.isTextual()) {
      if (!same(recorded.asText(), actual.asText())) {
        differ(where, recorded, actual);
      }
    } else if (!recorded.equals(actual)) {
      differ(where, recorded, actual);
    }
  }

  private void differ(String where, JsonNode recorded, JsonNode actual) {
    differences.add(where + " was " + recorded + " and is " + actual);
  }

  private boolean same(String recorded, String actual) {
    if (recorded.startsWith("$")) {
      return noted.computeIfAbsent(recorded, name -> actual).equals(actual);
    }
    String pattern = Pattern.quote(noted(recorded)).replace("*", "\\E.*\\Q");
    return Pattern.matches(pattern, actual);
  }

  /** Puts what was noted into the place of its names. */
  private String noted(String text) {
    String result = text;
    for (Map.Entry<String, String> each : noted.entrySet()) {
      result = result.replaceAll(Pattern.quote(each.getKey()) + "(?![\\w-])", each.getValue());
    }
    return result;
  }
}
