package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.TaskEvent;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever an agent writes, wherever a person sees it, it acts upon no terminal. */
class TerminalEscapeTest {
  // The clipboard, a link, the title, the cursor, the 8-bit forms, the order of the text.
  private static final String HOSTILE =
      "a\u001B]52;c;Y2FuYXJ5\u0007\u001B]8;;http://evil.invalid\u001B\\b\u001B]8;;\u001B\\"
          + "\u001B]0;canary\u0007\u001B[2J\u001B[1;1H\u009B5n\u0090canary\u009C\b\u202Ec";

  @TempDir private Path temporary;

  @Test
  void nothing_that_an_agent_leaves_behind_acts_upon_the_terminal() {
    ScriptedAgent.Builder agent =
        ScriptedAgent.builder("claude")
            .emit(new TaskEvent.SessionStarted(HOSTILE, HOSTILE, Optional.of(HOSTILE)))
            .say(HOSTILE)
            .emit(new TaskEvent.ToolUse("1", HOSTILE, HOSTILE))
            .emit(new TaskEvent.ToolResult("1", false, HOSTILE))
            .printLine(HOSTILE)
            .printError(HOSTILE)
            .write("file", HOSTILE + "\n")
            .write("name\u001B[2J\u009B5n\b\u202E\nx", "content\n")
            .run("git", "add", "--all")
            .run(
                "git", "-c", "user.name=" + HOSTILE, "-c", "user.email=e", "commit", "-qm", HOSTILE)
            .write("left", HOSTILE + "\n")
            .fail(HOSTILE)
            .exit(3);
    try (Workbench bench = Workbench.inRepository(temporary).with(agent).with("NO_COLOR", "1")) {
      assertHarmless(bench, "new", "-n", "box", "--task", "Do it " + HOSTILE, "--follow");
      assertHarmless(bench, "list");
      for (String action : List.of("tasks", "logs", "status", "wait")) {
        assertHarmless(bench, "claude", "box", action);
      }
      assertHarmless(bench, "claude", "box", "tasks", "1");
      assertHarmless(bench, "claude", "box", "logs", "1", "--follow");
      assertHarmless(bench, "claude", "box", "run", HOSTILE, "--follow");
      assertHarmless(bench, "diff", "box");
      assertHarmless(bench, "fetch", "box", "--branch", "taken");
      assertHarmless(bench, "fetch", "box", "--branch", HOSTILE);
      assertHarmless(bench, "shell", HOSTILE);
      assertHarmless(bench, "claude", HOSTILE, "logs");
      assertHarmless(bench, "new", "-n", HOSTILE);
      assertHarmless(bench, "new", "-n", "other", "--base", HOSTILE);
      assertHarmless(bench, "new", "-n", "other", "--agent", HOSTILE);
      assertHarmless(bench, "delete", "box");
    }
  }

  private static void assertHarmless(Workbench bench, String... arguments) {
    Workbench.Outcome outcome = bench.run(FakeConsole.withAnswers("y", "y", "y"), arguments);

    // What progress draws with is our own.
    assertThat((outcome.out() + outcome.err()).replace("\u001B[K", ""))
        .as(String.join(" ", arguments))
        .isNotEmpty()
        .doesNotContainPattern("[\\p{Cc}&&[^\\n\\t\\r]]|\u202E")
        .doesNotContain("evil.invalid", "Y2FuYXJ5", "canary");
  }
}
