package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskCommandsTest {
  @TempDir private Path temporary;

  @Test
  void tasks_are_listed_for_people_and_for_programs() throws IOException {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box", "--task", "Say \"hé\"\nplease");
      bench.succeed("claude", "box", "wait");

      assertThat(bench.succeed("claude", "box", "tasks"))
          .contains("ID", "STATE", "succeeded", "Say \"hé\"");
      String line = bench.succeed("claude", "box", "tasks", "--json");
      assertThat(line).containsOnlyOnce("\n").isASCII();
      JsonNode task = new ObjectMapper().readTree(line);
      assertThat(task.get("id").intValue()).isEqualTo(1);
      assertThat(task.get("state").textValue()).isEqualTo("SUCCEEDED");
      assertThat(task.get("exitCode").intValue()).isZero();
      assertThat(task.get("title").textValue()).startsWith("Say \"hé\"");
      assertThat(task.get("costUsd").isNull()).isTrue();
    }
  }

  @Test
  void a_further_task_can_be_followed() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      assertThat(bench.succeed("claude", "box", "run", "Go on", "--follow"))
          .contains("Task 1 was given to Claude Code.", "Go on", "Done");
    }
  }

  @Test
  void a_person_types_the_task() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      bench.run(FakeConsole.withAnswers("Go", "on", ""), "claude", "box", "run");

      assertThat(bench.succeed("claude", "box", "tasks", "1")).contains("  Go\n  on\n");
    }
  }

  @Test
  void the_raw_log_starts_at_an_offset() {
    try (Workbench bench =
        Workbench.inRepository(temporary)
            .with(ScriptedAgent.builder("claude").printLine("0123456789").succeed("Done."))) {
      bench.succeed("new", "-n", "box", "--task", "Fix it");
      bench.succeed("claude", "box", "wait", "1");

      assertThat(bench.succeed("claude", "box", "logs", "--raw", "--offset", "4"))
          .startsWith("456789\n");
    }
  }

  @Test
  void waiting_ends_when_its_time_is_up_and_the_task_goes_on() {
    try (Workbench bench =
        Workbench.inRepository(temporary).with(ScriptedAgent.builder("claude").hang())) {
      bench.succeed("new", "-n", "box", "--task", "Fix it");

      Workbench.Outcome outcome = bench.run("claude", "box", "wait", "--timeout", "1s");

      assertThat(outcome.exitCode()).isEqualTo(124);
      assertThat(outcome.err()).contains("it goes on");
      assertThat(bench.succeed("claude", "box", "cancel", "1")).contains("Task 1 was cancelled.");
      assertThat(bench.run("claude", "box", "wait").exitCode()).isEqualTo(1);
    }
  }

  @Test
  void an_interrupt_ends_the_following_and_says_that_the_task_goes_on() throws Exception {
    try (Workbench bench =
        Workbench.inRepository(temporary).with(ScriptedAgent.builder("claude").hang())) {
      bench.succeed("new", "-n", "box", "--task", "Fix it");

      Thread.currentThread().interrupt();
      Workbench.Outcome outcome = bench.run("claude", "box", "logs", "1", "-f");

      assertThat(Thread.interrupted()).isTrue();
      assertThat(outcome.exitCode()).isEqualTo(130);
      assertThat(bench.succeed("claude", "box", "tasks")).containsAnyOf("pending", "running");
    }
  }

  @Test
  void the_status_says_whether_the_agent_can_be_given_tasks() {
    try (Workbench bench =
        Workbench.inRepository(temporary)
            .with(ScriptedAgent.builder("claude").key("SCRIPTED_KEY").succeed("Done."))) {
      bench.succeed("new", "-n", "box");

      assertThat(bench.run("claude", "box", "status").exitCode()).isEqualTo(1);
      bench.with("SCRIPTED_KEY", "secret-value");
      assertThat(bench.succeed("claude", "box", "status"))
          .contains("installed, 1", "SCRIPTED_KEY")
          .doesNotContain("secret-value");
    }
  }

  @Test
  void a_sandbox_without_the_daemon_says_how_to_install_it() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box", "--skip-daemon");

      assertThat(bench.run("claude", "box", "run", "Go").err()).contains("--install-daemon");
      bench.succeed("claude", "box", "run", "--install-daemon");
      bench.succeed("claude", "box", "run", "Go");
    }
  }

  @Test
  void a_sandbox_may_have_the_name_of_a_command() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "tasks");

      assertThat(bench.run("claude", "tasks", "tasks").err()).contains("There are no tasks.");
    }
  }

  @Test
  void a_pipe_that_nobody_reads_ends_the_command_quietly() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box", "--task", "Fix it");
      FakeConsole console = FakeConsole.withoutTerminal().whoseReaderIsGone();

      Workbench.Outcome outcome = bench.run(console, "claude", "box", "logs", "-f");

      assertThat(outcome.exitCode()).isEqualTo(141);
      assertThat(outcome.err()).isEmpty();
    }
  }
}
