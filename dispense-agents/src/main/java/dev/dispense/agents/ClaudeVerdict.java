package dev.dispense.agents;

import dev.dispense.PrintableText;
import dev.dispense.TaskEvent;
import dev.dispense.spi.Agent.Ending;
import dev.dispense.spi.Agent.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Judges a run, and says what to do about one that failed. Only a result counts: the exit code is 0
 * after an interrupt, and not 0 when a process that has done its work is killed.
 */
final class ClaudeVerdict {
  private static final Pattern HTTP_STATUS =
      Pattern.compile("(?:API Error|HTTP)\\D{0,40}([45]\\d\\d)\\b");
  private static final int MAX_TEXT = 1000;

  /** A text in what the agent says went wrong, in lower case, and what to do about it. */
  private record Advice(String sign, String advice) {}

  private static final List<Advice> ADVICE =
      List.of(
          new Advice(
              "not logged in",
              "No key reached Claude Code: set ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN."),
          new Advice(
              "invalid api key",
              "The key was refused: check that it is complete, still valid, and meant for this"
                  + " model server."),
          new Advice(
              "credit balance", "The account has no credit left: add some, or use another key."),
          new Advice(
              "this task has reached its limit of",
              "What it did until then is kept. Give a task more requests or bytes, or resume this"
                  + " one with a further limit to go on."),
          new Advice(
              "reached maximum number of turns",
              "The work may be half done: allow more turns, or resume this task to go on."),
          new Advice(
              "reached maximum budget", "The work may be half done: resume this task to go on."),
          new Advice(
              "no conversation found",
              "The session is not in this sandbox: start the task without resuming."),
          new Advice(
              "issue with the selected model",
              "Choose a model that exists and that the key may use."),
          new Advice(
              "prompt is too long",
              "Put the material into files of the project and name them in the prompt."),
          new Advice(
              "cannot be used with root",
              "The sandbox's user is root, which Claude Code allows with IS_SANDBOX=1 only."),
          new Advice("overloaded", "The model is overloaded: try again in a few minutes."),
          new Advice(
              "timed out", "The model did not answer: check the network, and ANTHROPIC_BASE_URL."));

  private static final List<String> NETWORK_SIGNS =
      List.of(
          "econnrefused",
          "econnreset",
          "enotfound",
          "eai_again",
          "etimedout",
          "certificate",
          "connection refused",
          "connection dropped",
          "connection error",
          "unable to connect",
          "fetch failed");

  private ClaudeVerdict() {}

  static Verdict of(Ending ending) {
    return ending.lastResult().map(ClaudeVerdict::ofResult).orElseGet(() -> ofSilence(ending));
  }

  private static Verdict ofResult(TaskEvent.Result result) {
    String text = PrintableText.printable(result.text(), MAX_TEXT);
    if (!result.success()) {
      return Verdict.failure("Claude Code failed: " + withAdvice(text));
    }
    if (result.turns().orElse(1) == 0) {
      return Verdict.failure(
          "Claude Code took the prompt for one of its own commands and did no work"
              + (text.isEmpty() ? "" : ": " + text)
              + "\nBegin the prompt with another character than '/'.");
    }
    return Verdict.SUCCESS;
  }

  private static Verdict ofSilence(Ending ending) {
    StringBuilder message = new StringBuilder("Claude Code ended without a result, ");
    if (ending.exitCode().isEmpty()) {
      message.append("as it was killed");
    } else {
      int code = ending.exitCode().getAsInt();
      if (code == 127) {
        message.append("as there is no program 'claude' in the sandbox (exit code 127)");
      } else if (code > 128) {
        message.append("killed by signal ").append(code - 128);
        message.append(code == 137 ? " (KILL: as a rule, the sandbox ran out of memory)" : "");
      } else {
        message.append("with exit code ").append(code);
      }
    }
    String errors = PrintableText.printable(lastPart(ending.errorOutput()), MAX_TEXT);
    return Verdict.failure(
        errors.isEmpty() ? message.append('.').toString() : message + ": " + withAdvice(errors));
  }

  private static String lastPart(String text) {
    return text.substring(Math.max(0, text.length() - MAX_TEXT));
  }

  private static String withAdvice(String text) {
    return advice(text).map(advice -> text + "\n" + advice).orElse(text);
  }

  private static Optional<String> advice(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return ADVICE.stream()
        .filter(advice -> lower.contains(advice.sign))
        .map(Advice::advice)
        .findFirst()
        .or(() -> ofStatus(text))
        .or(
            () ->
                NETWORK_SIGNS.stream().anyMatch(lower::contains)
                    ? Optional.of(
                        "The model cannot be reached from the sandbox: check the network, the"
                            + " proxy, and ANTHROPIC_BASE_URL, whose server must listen on an"
                            + " address that sandboxes reach.")
                    : Optional.empty());
  }

  private static Optional<String> ofStatus(String text) {
    Matcher matcher = HTTP_STATUS.matcher(text);
    if (!matcher.find()) {
      return Optional.empty();
    }
    int status = Integer.parseInt(matcher.group(1));
    return Optional.of(
        switch (status) {
          case 400 -> "The model server did not accept the request: try another model.";
          case 401 ->
              "The key was refused: check that it is complete, still valid, and meant for this"
                  + " model server.";
          case 403 -> "The key may not do this: check what its account and workspace allow.";
          case 404 -> "Check the model's name, and the path of ANTHROPIC_BASE_URL.";
          case 413 -> "Put the material into files of the project and name them in the prompt.";
          case 429 -> "A limit of the account is reached: wait and try again, or raise the limit.";
          case 529 -> "The model is overloaded: try again in a few minutes.";
          default ->
              status >= 500
                  ? "The model server has a fault of its own: try again in a few minutes."
                  : "The model server refused the request.";
        });
  }
}
