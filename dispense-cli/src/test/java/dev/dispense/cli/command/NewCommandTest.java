package dev.dispense.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.cli.FakeConsole;
import dev.dispense.cli.Workbench;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewCommandTest {
  @TempDir private Path temporary;

  @Test
  void a_task_is_given_to_the_agent() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      String out = bench.succeed("new", "-n", "box", "--task", "Fix it");

      assertThat(out).contains("Sandbox 'box' is ready", "Task 1 was given", "logs -f");
      assertThat(bench.succeed("claude", "box", "logs", "-f")).contains("Fix it", "Done");
    }
  }

  @Test
  void a_time_after_which_it_stops_is_refused_where_nothing_keeps_it() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      assertThat(bench.run("new", "-n", "box", "--expires", "8h").err())
          .contains("cannot let a sandbox stop by itself");
      assertThat(bench.run("new", "-n", "box", "--expires", "0s").err())
          .contains("'0s' is not a time");
      assertThat(bench.run("new", "-n", "box", "--expires", "9000h").err())
          .contains("1 second to 365 days");
      assertThat(bench.names()).isEmpty();
    }
  }

  @Test
  void the_bare_command_with_options_is_new() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("--name", "box");

      assertThat(bench.names()).containsExactly("box");
    }
  }

  @Test
  void following_shows_the_work_and_ends_with_its_outcome() {
    try (Workbench bench =
        Workbench.inRepository(temporary)
            .with(ScriptedAgent.builder("claude").say("I try.").fail("It is too hard."))) {
      Workbench.Outcome outcome = bench.run("new", "-n", "box", "--task", "Fix it", "--follow");

      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.out()).contains("I try.", "It is too hard.", "Failed");
      assertThat(outcome.err()).contains("dispense: Task 1 has failed: It is too hard.");
    }
  }

  @Test
  void a_task_is_read_from_standard_input() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      FakeConsole console = FakeConsole.withoutTerminal().withInput("Grüße\nand more\n");

      bench.run(console, "new", "-n", "box", "--task", "-");

      assertThat(bench.succeed("claude", "box", "tasks", "1")).contains("Grüße", "and more");
    }
  }

  @Test
  void without_a_name_and_a_terminal_one_is_made_up() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new");

      assertThat(bench.names()).singleElement().asString().matches("project-[a-z]+");
    }
  }

  @Test
  void a_person_is_asked_for_what_is_missing() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      FakeConsole console =
          FakeConsole.withAnswers("Not A Name", "box", "First line", "second", "");

      Workbench.Outcome outcome = bench.run(console);

      assertThat(outcome.exitCode()).isZero();
      assertThat(console.prompts()).hasSize(5);
      assertThat(console.prompts().get(0)).matches("Name of the sandbox \\[project-[a-z]+]: ");
      assertThat(bench.succeed("claude", "box", "tasks", "1")).contains("  First line\n  second\n");
    }
  }

  @Test
  void just_enter_takes_the_suggested_name_and_gives_no_task() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      Workbench.Outcome outcome = bench.run(FakeConsole.withAnswers("", ""));

      assertThat(outcome.out()).contains("give a task:").doesNotContain("was given");
      assertThat(bench.names()).singleElement().asString().startsWith("project-");
    }
  }

  @Test
  void a_person_who_gives_no_name_gets_no_sandbox() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      Workbench.Outcome outcome = bench.run(FakeConsole.withAnswers());

      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err()).contains("Nothing was created.");
      assertThat(bench.names()).isEmpty();
    }
  }

  @Test
  void a_directory_without_git_is_copied_when_the_person_agrees() {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      bench.run(FakeConsole.withAnswers("y", ""), "new", "-n", "box");

      assertThat(bench.succeed("exec", "box", "cat", "README.md")).isEqualTo("Hello\n");
    }
  }

  @Test
  void a_directory_without_git_stays_when_the_person_does_not_agree() {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      Workbench.Outcome outcome = bench.run(FakeConsole.withAnswers("n"), "new", "-n", "box");

      assertThat(outcome.err()).contains("Nothing was created.");
      assertThat(bench.names()).isEmpty();
    }
  }

  @Test
  void a_workspace_can_start_empty() {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      bench.succeed("new", "-n", "box", "--skip-copy");

      assertThat(bench.succeed("exec", "box", "ls")).isEmpty();
    }
  }

  @Test
  void a_key_that_is_missing_is_found_out_before_anything_is_made() {
    try (Workbench bench =
        Workbench.inRepository(temporary)
            .with(ScriptedAgent.builder("claude").key("SCRIPTED_KEY").succeed("Done."))) {
      Workbench.Outcome outcome = bench.run("new", "-n", "box", "--task", "Fix it");

      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err()).contains("needs a key").doesNotContain("Starting sandbox");
      assertThat(bench.names()).isEmpty();
    }
  }

  @Test
  void variables_come_from_the_command_line_or_the_caller() {
    try (Workbench bench = Workbench.inRepository(temporary).with("COLOUR", "blue")) {
      bench.succeed("new", "-n", "box", "--env", "COLOUR", "--env", "SHAPE=a=b c");

      assertThat(bench.succeed("exec", "box", "--", "sh", "-c", "echo $COLOUR $SHAPE"))
          .isEqualTo("blue a=b c\n");
    }
  }

  @Test
  void the_steps_are_lines_where_there_is_no_terminal() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      assertThat(bench.run("new", "-n", "box").err())
          .contains("Checking out: " + bench.directory() + "\n", "Starting sandbox: box\n")
          .doesNotContain("\u001B");
    }
  }
}
