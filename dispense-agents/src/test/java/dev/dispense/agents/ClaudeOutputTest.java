package dev.dispense.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dispense.TaskEvent;
import dev.dispense.TaskEvent.Message;
import dev.dispense.TaskEvent.Raw;
import dev.dispense.TaskEvent.Result;
import dev.dispense.TaskEvent.Retry;
import dev.dispense.TaskEvent.SessionStarted;
import dev.dispense.TaskEvent.ToolResult;
import dev.dispense.TaskEvent.ToolUse;
import dev.dispense.TaskEvent.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaudeOutputTest {
  @Test
  void turnsARunIntoEvents() {
    assertThat(Samples.events("success-write"))
        .containsExactly(
            new SessionStarted(
                "8c780807-1eaa-42e8-a15c-341a741699d6", "claude-opus-5-5", Optional.of("2.1.330")),
            new Message("I will create the file."),
            new ToolUse(
                "toolu_000012mbj5y9fu",
                "Write",
                "{\"file_path\":\"/workspace/hello.txt\",\"content\":\"hello from stub\\n\"}"),
            new ToolResult(
                "toolu_000012mbj5y9fu",
                true,
                "File created successfully at: /workspace/hello.txt (file state is current in your"
                    + " context — no need to Read it back)"),
            new Message("Done: I created hello.txt."),
            new Result(
                true,
                "Done: I created hello.txt.",
                Optional.of("8c780807-1eaa-42e8-a15c-341a741699d6"),
                OptionalDouble.of(0.12656499999999998),
                OptionalInt.of(2),
                Optional.of(Duration.ofMillis(157)),
                Optional.of(new Usage(240 + 24705, 2000, 84))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2.1.112-js-success",
        "401",
        "404-model",
        "429",
        "500",
        "500-default-10-retries",
        "bash-timeout-backgrounded",
        "input-stream-json-multi-turn",
        "max-budget",
        "max-turns",
        "no-key",
        "permission-denied",
        "refused",
        "resume",
        "resume-unknown",
        "retry-then-success",
        "sigint",
        "sigterm",
        "success-bash",
        "success-partial-messages",
        "success-write"
      })
  void knowsEveryLineThatWasSeen(String sample) {
    assertThat(Samples.only(Raw.class, Samples.events(sample))).isEmpty();
    assertThat(Samples.events(sample)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2.1.112-js-success",
        "bash-timeout-backgrounded",
        "input-stream-json-multi-turn",
        "permission-denied",
        "resume",
        "retry-then-success",
        "success-bash",
        "success-partial-messages",
        "success-write"
      })
  void seesSuccess(String sample) {
    assertThat(Samples.lastResult(sample).success()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "401",
        "404-model",
        "429",
        "500",
        "max-budget",
        "max-turns",
        "no-key",
        "refused",
        "resume-unknown",
        "sigint"
      })
  void seesFailureBehindTheSubtypeSuccess(String sample) {
    assertThat(Samples.lastResult(sample).success()).isFalse();
    assertThat(Samples.lastResult(sample).text()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "401", "429", "bash-timeout-backgrounded", "input-stream-json-multi-turn", "max-budget",
        "resume", "resume-unknown", "sigint", "sigterm", "success-partial-messages"
      })
  void marksOnlyResultsAsTheEnd(String sample) {
    for (String line : Samples.lines(sample)) {
      boolean marked = ClaudeLaunch.END_MARKER.stream().allMatch(line::contains);
      assertThat(marked)
          .as(line)
          .isEqualTo(!Samples.only(Result.class, Samples.events(List.of(line))).isEmpty());
    }
  }

  @Test
  void doesNotTakeATextAboutAResultForTheEnd() {
    String result = Samples.lines("success-write").get(5);
    String quoted = result.replace("\\", "\\\\").replace("\"", "\\\"");
    String line =
        "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"text\",\"text\":\""
            + quoted
            + "\"}]}}";

    assertThat(ClaudeLaunch.END_MARKER).noneMatch(line::contains);
    assertThat(Samples.events(List.of(line))).containsExactly(new Message(result));
  }

  @Test
  void reportsRetriesWithTheirCause() {
    List<Retry> retries = Samples.only(Retry.class, Samples.events("429"));

    assertThat(retries).hasSize(2);
    assertThat(retries.get(0))
        .isEqualTo(new Retry(1, 2, Duration.ofMillis(1169), OptionalInt.of(429), "rate_limit"));
    assertThat(Samples.only(Retry.class, Samples.events("refused")).get(0).status()).isEmpty();
    assertThat(Samples.only(Retry.class, Samples.events("500-default-10-retries"))).hasSize(10);
  }

  @Test
  void readsADelayWithAFraction() {
    assertThat(
            Samples.events(
                List.of(
                    "{\"subtype\":\"api_retry\",\"attempt\":1,\"max_retries\":2,"
                        + "\"retry_delay_ms\":564.7,\"error\":\"x\",\"type\":\"system\"}")))
        .containsExactly(new Retry(1, 2, Duration.ofMillis(565), OptionalInt.empty(), "x"));
  }

  @Test
  void countsTheCostOfThisRunWhenASessionIsResumed() {
    assertThat(Samples.lastResult("resume").costUsd().getAsDouble())
        .isCloseTo(0.063735, within(1e-9));
  }

  @Test
  void addsUpTheResultsOfOneRun() {
    Result last = Samples.lastResult("input-stream-json-multi-turn");

    assertThat(last.costUsd().getAsDouble()).isCloseTo(0.319485, within(1e-9));
    assertThat(last.turns()).hasValue(2 + 1 + 3 + 1);
    assertThat(last.usage().orElseThrow().output()).isEqualTo(84 + 42 + 42 + 42);
  }

  @Test
  void takesTheTotalForTheCostOnlyWhereItIsThatOfTheRun() {
    assertThat(Samples.lastResult("2.1.112-js-success").costUsd()).hasValue(0.19479375);
    assertThat(Samples.lastResult("resume-unknown").costUsd()).hasValue(0);
    List<String> between =
        Samples.lines("2.1.112-js-success").stream()
            .map(line -> line.replace("2.1.112", "2.1.200"))
            .toList();
    List<Result> results = Samples.only(Result.class, Samples.events(between));
    assertThat(results.get(0).costUsd()).isEmpty();
  }

  @Test
  void reportsAToolThatFailed() {
    List<ToolResult> results = Samples.only(ToolResult.class, Samples.events("sigterm"));

    assertThat(results).extracting(ToolResult::success).containsExactly(false);
    assertThat(results.get(0).output()).isEqualTo("Exit code 137");
  }

  @Test
  void joinsTheTextsThatAToolReturned() {
    assertThat(
            Samples.events(
                List.of(
                    "{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\","
                        + "\"tool_use_id\":\"t\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                        + "{\"type\":\"image\",\"source\":{}},{\"type\":\"text\",\"text\":\"b\"}]}]}}")))
        .containsExactly(new ToolResult("t", true, "a\n[image]\nb"));
  }

  @Test
  void saysWhatWentWrongWhenThereIsNoAnswer() {
    assertThat(Samples.lastResult("max-turns").text())
        .isEqualTo("Reached maximum number of turns (3)");
    assertThat(Samples.lastResult("sigint").text()).isEqualTo("Interrupted (aborted_tools)");
    assertThat(Samples.lastResult("404-model").text()).endsWith("(HTTP 404)");
    assertThat(Samples.lastResult("401").text()).doesNotContain("(HTTP");
  }

  @Test
  void countsAResultThatDoesNotSayItSucceededAsAFailure() {
    assertThat(Samples.events(List.of("{\"type\":\"result\",\"subtype\":\"success\"}")))
        .singleElement()
        .isInstanceOfSatisfying(Result.class, result -> assertThat(result.success()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Segmentation fault",
        "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"te",
        "{\"type\":\"assistant\"}",
        "{\"type\":\"result\"} trailing",
        "{\"type\":\"system\",\"subtype\":\"brand_new\"}",
        "{\"type\":\"brand_new\"}",
        "{\"no\":\"type\"}",
        "[1,2]"
      })
  void keepsWhatItDoesNotKnow(String line) {
    assertThat(Samples.events(List.of(line))).containsExactly(new Raw(line));
  }

  @Test
  void readsALineOfManyMegabytes() {
    String output = "x".repeat(16 << 20);
    List<TaskEvent> events =
        Samples.events(
            List.of(
                "{\"message\":{\"content\":[{\"content\":\""
                    + output
                    + "\",\"tool_use_id\":\"t\",\"type\":\"tool_result\"}]},\"type\":\"user\"}"));

    assertThat(events).containsExactly(new ToolResult("t", true, output));
  }
}
