package dev.dispense.agents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.TaskEvent;
import dev.dispense.spi.Agent.Ending;
import dev.dispense.spi.Agent.Verdict;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaudeVerdictTest {
  @Test
  void believesTheResultAndNotTheExitCode() {
    TaskEvent.Result success = Samples.lastResult("success-bash");

    assertThat(ofResult(0, success)).isEqualTo(Verdict.SUCCESS);
    assertThat(ofResult(143, success)).isEqualTo(Verdict.SUCCESS);
    assertThat(ofResult(0, Samples.lastResult("sigint")).success()).isFalse();
    assertThat(ofResult(0, Samples.lastResult("permission-denied"))).isEqualTo(Verdict.SUCCESS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | Failed to authenticate | The key was refused",
        "404-model | selected model | Choose a model that exists",
        "429 | Request rejected (429) | A limit of the account is reached",
        "500 | API Error: 500 | a fault of its own",
        "500-default-10-retries | API Error: 500 | a fault of its own",
        "max-budget | maximum budget | resume this task",
        "max-turns | maximum number of turns (3) | allow more turns, or resume",
        "no-key | Not logged in | set ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN",
        "refused | ECONNREFUSED | cannot be reached from the sandbox",
        "resume-unknown | No conversation found | without resuming",
        "sigint | Interrupted | Claude Code failed"
      })
  void saysWhatHappenedAndWhatToDo(String sample, String what, String advice) {
    Verdict verdict = ofResult(1, Samples.lastResult(sample));

    assertThat(verdict.success()).isFalse();
    assertThat(verdict.message()).contains(what).contains(advice);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "API Error: 400 messages: bad | did not accept the request",
        "API Error: 403 This task has reached its limit of 3 requests | Give a task more requests",
        "API Error: 403 forbidden | what its account and workspace allow",
        "API Error: Repeated 529 errors | overloaded",
        "API Error: Overloaded (HTTP 529) | overloaded",
        "Credit balance is too low | no credit left",
        "Invalid API key · Fix external API key | The key was refused",
        "Request timed out | did not answer",
        "API Error: Connection dropped (ECONNRESET) | cannot be reached",
        "Prompt is too long | Put the material into files"
      })
  void knowsOtherFailures(String text, String advice) {
    assertThat(ofResult(1, result(false, text, 1)).message()).contains(text).contains(advice);
  }

  @Test
  void givesNoAdviceWhereItHasNone() {
    assertThat(ofResult(1, result(false, "Something new, 401 of them", 1)).message())
        .isEqualTo("Claude Code failed: Something new, 401 of them");
  }

  @Test
  void countsACommandOfItsOwnAsAFailure() {
    Verdict verdict = ofResult(0, result(true, "/login isn't available", 0));

    assertThat(verdict.success()).isFalse();
    assertThat(verdict.message())
        .contains("/login isn't available")
        .contains("another character than '/'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | --dangerously-skip-permissions cannot be used with root/sudo | IS_SANDBOX=1",
        "1 | Error: Session ID x is already in use. | already in use",
        "1 | error: unknown option '--session-id' | unknown option",
        "127 | '' | no program 'claude'",
        "126 | exec: argument list too long | exit code 126: exec",
        "143 | '' | killed by signal 15",
        "129 | '' | killed by signal 1",
        "137 | '' | ran out of memory",
        "0 | '' | ended without a result, with exit code 0."
      })
  void explainsAnEndWithoutAResult(int exitCode, String errors, String what) {
    Verdict verdict =
        ClaudeVerdict.of(new Ending(OptionalInt.of(exitCode), Optional.empty(), errors));

    assertThat(verdict.success()).isFalse();
    assertThat(verdict.message()).contains(what);
  }

  @Test
  void showsTheEndOfALongErrorOutput() {
    String errors = "x".repeat(4000) + "\nthe cause";

    String message =
        ClaudeVerdict.of(new Ending(OptionalInt.of(1), Optional.empty(), errors)).message();

    assertThat(message).endsWith("the cause").hasSizeLessThan(1200);
  }

  private static Verdict ofResult(int exitCode, TaskEvent.Result result) {
    return ClaudeVerdict.of(new Ending(OptionalInt.of(exitCode), Optional.of(result), ""));
  }

  private static TaskEvent.Result result(boolean success, String text, int turns) {
    return new TaskEvent.Result(
        success,
        text,
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalInt.of(turns),
        Optional.empty(),
        Optional.empty());
  }
}
