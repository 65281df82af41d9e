package dev.dispense.agents;

import dev.dispense.TaskEvent;
import dev.dispense.spi.Agent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What real runs of Claude Code printed, without the members that nothing here reads. */
final class Samples {
  private Samples() {}

  static List<String> lines(String name) {
    String resource = "claude/" + name + ".jsonl";
    try (InputStream input =
        Objects.requireNonNull(Samples.class.getResourceAsStream(resource), resource)) {
      return new String(input.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<TaskEvent> events(String name) {
    return events(lines(name));
  }

  static List<TaskEvent> events(List<String> lines) {
    Agent.Parser parser = new ClaudeCodeAgent().parser();
    return lines.stream().flatMap(line -> parser.parse(line).stream()).toList();
  }

  static TaskEvent.Result lastResult(String name) {
    List<TaskEvent.Result> results = new ArrayList<>(only(TaskEvent.Result.class, events(name)));
    return results.get(results.size() - 1);
  }

  static <T extends TaskEvent> List<T> only(Class<T> type, List<TaskEvent> events) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
