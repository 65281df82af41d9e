package dev.dispense.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.SandboxName;
import dev.dispense.TaskEvent;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class EventPrinterTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final EventPrinter printer =
      new EventPrinter(Printer.ofOutput(bytes, () -> false), new SandboxName("box"));

  @Test
  void each_event_is_a_line() {
    printer.accept(new TaskEvent.SessionStarted("s1", "opus", Optional.of("2.1")));
    printer.accept(new TaskEvent.Message("I look.\n"));
    printer.accept(new TaskEvent.ToolUse("1", "Bash", "{\"timeout\":5,\"command\":\"ls\\n-l\"}"));
    printer.accept(new TaskEvent.ToolResult("1", true, "a\nb\n"));
    printer.accept(new TaskEvent.ToolResult("2", false, "denied"));
    printer.accept(
        new TaskEvent.Retry(2, 10, Duration.ofSeconds(4), OptionalInt.of(529), "overloaded"));
    printer.accept(new TaskEvent.HostRefused("example.com", 443));
    printer.accept(new TaskEvent.ErrorOutput("oops"));
    printer.accept(new TaskEvent.Raw("{\"type\":\"new\"}"));

    assertThat(text())
        .isEqualTo(
            """
            Session s1 with opus, version 2.1
            I look.
            > Bash ls -l
              a  (2 lines)
              failed: denied
            The model gave no answer (HTTP 529): overloaded. Trying again in 4s, 2 of 10.
            example.com was refused. To allow it: dispense network box --allow-host example.com
            stderr: oops
            {"type":"new"}
            """);
  }

  @Test
  void the_end_says_what_it_took_and_repeats_nothing() {
    printer.accept(new TaskEvent.Message("All is well."));
    printer.accept(
        new TaskEvent.Result(
            true,
            "All is well.",
            Optional.of("s1"),
            OptionalDouble.of(0.0213),
            OptionalInt.of(1),
            Optional.of(Duration.ofSeconds(65)),
            Optional.of(new TaskEvent.Usage(12_000, 300, 45))));

    assertThat(text()).isEqualTo("All is well.\nDone: 1m 5s, 1 turn, 12,345 tokens, $0.0213\n");
  }

  @Test
  void nothing_that_an_agent_wrote_acts_upon_the_terminal() {
    String hostile = "\u001B]0;title\u0007\u001B[2Jx\u009Bm\r\u202E";
    printer.accept(new TaskEvent.SessionStarted(hostile, hostile, Optional.of(hostile)));
    printer.accept(new TaskEvent.Message(hostile));
    printer.accept(new TaskEvent.ToolUse("1", hostile, "{\"command\":\"\\u001b[2J\"}"));
    printer.accept(new TaskEvent.ToolUse("1", hostile, hostile));
    printer.accept(new TaskEvent.ToolResult("1", false, hostile));
    printer.accept(new TaskEvent.ErrorOutput(hostile));
    printer.accept(new TaskEvent.Raw(hostile));

    assertThat(text()).doesNotContainPattern("[\\p{Cc}&&[^\\n]]").doesNotContain("\u202E", "title");
  }

  private String text() {
    return bytes.toString(UTF_8);
  }
}
