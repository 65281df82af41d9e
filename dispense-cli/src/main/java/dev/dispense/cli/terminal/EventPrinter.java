package dev.dispense.cli.terminal;

import dev.dispense.PrintableText;
import dev.dispense.SandboxName;
import dev.dispense.TaskEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Shows what an agent does to a person: a line or a few for each event, all made printable. */
public final class EventPrinter implements Consumer<TaskEvent> {
  private static final int MAX_LINE = 160;

  private final Printer out;
  private final SandboxName sandbox;
  private String lastMessage = "";

  public EventPrinter(Printer out, SandboxName sandbox) {
    this.out = out;
    this.sandbox = sandbox;
  }

  @Override
  public void accept(TaskEvent event) {
    if (event instanceof TaskEvent.SessionStarted started) {
      dim(
          "Session %s with %s%s"
              .formatted(
                  started.sessionId(),
                  started.model(),
                  started.agentVersion().map(version -> ", version " + version).orElse("")));
    } else if (event instanceof TaskEvent.Message message) {
      lastMessage = message.text().strip();
      out.line(PrintableText.printable(lastMessage));
    } else if (event instanceof TaskEvent.ToolUse use) {
      out.line(
          out.styled(Printer.Style.CYAN, "> " + PrintableText.printable(use.tool(), 60))
              + " "
              + PrintableText.printable(ToolInput.summary(use.input()), MAX_LINE));
    } else if (event instanceof TaskEvent.ToolResult result) {
      print(result);
    } else if (event instanceof TaskEvent.Retry retry) {
      print(retry);
    } else if (event instanceof TaskEvent.Result result) {
      print(result);
    } else if (event instanceof TaskEvent.HostRefused host) {
      print(host);
    } else if (event instanceof TaskEvent.ErrorOutput error) {
      dim("stderr: " + error.line());
    } else if (event instanceof TaskEvent.Raw raw) {
      dim(raw.line());
    }
  }

  private void dim(String line) {
    out.line(out.styled(Printer.Style.DIM, PrintableText.printable(line, MAX_LINE)));
  }

  private void print(TaskEvent.ToolResult result) {
    List<String> lines = PrintableText.printable(result.output()).strip().lines().toList();
    String first = lines.isEmpty() ? "" : PrintableText.printable(lines.get(0), MAX_LINE);
    String more = lines.size() > 1 ? "  (%d lines)".formatted(lines.size()) : "";
    if (!result.success()) {
      out.line(out.styled(Printer.Style.RED, "  failed: " + first + more));
    } else if (!first.isEmpty()) {
      out.line(out.styled(Printer.Style.DIM, "  " + first + more));
    }
  }

  private void print(TaskEvent.Retry retry) {
    String status = retry.status().isPresent() ? " (HTTP " + retry.status().getAsInt() + ")" : "";
    out.line(
        out.styled(
            Printer.Style.YELLOW,
            "The model gave no answer%s%s. Trying again in %s, %d of %d."
                .formatted(
                    status,
                    retry.message().equals("unknown")
                        ? ""
                        : ": " + PrintableText.printable(retry.message(), MAX_LINE),
                    Durations.text(retry.delay()),
                    retry.attempt(),
                    retry.maxAttempts())));
  }

  private void print(TaskEvent.HostRefused host) {
    String name = PrintableText.printable(host.toAllow(), MAX_LINE);
    out.line(
        out.styled(
            Printer.Style.YELLOW,
            "%s was refused. To allow it: dispense network %s --allow-host %s"
                .formatted(name, sandbox, name)));
  }

  private void print(TaskEvent.Result result) {
    String text = result.text().strip();
    if (!text.isEmpty() && !text.equals(lastMessage)) {
      out.line(PrintableText.printable(text));
    }
    String facts = facts(result);
    String line = (result.success() ? "Done" : "Failed") + (facts.isEmpty() ? "." : ": " + facts);
    out.line(out.styled(result.success() ? Printer.Style.GREEN : Printer.Style.RED, line));
  }

  /** What a run took, such as {@code 1m 5s, 4 turns, 12,345 tokens, $0.0213}. */
  public static String facts(TaskEvent.Result result) {
    List<String> facts = new ArrayList<>();
    result.duration().ifPresent(duration -> facts.add(Durations.text(duration)));
    result.turns().ifPresent(turns -> facts.add(turns == 1 ? "1 turn" : turns + " turns"));
    result
        .usage()
        .ifPresent(usage -> facts.add(String.format(Locale.ROOT, "%,d tokens", usage.total())));
    result.costUsd().ifPresent(cost -> facts.add(String.format(Locale.ROOT, "$%.4f", cost)));
    return String.join(", ", facts);
  }
}
