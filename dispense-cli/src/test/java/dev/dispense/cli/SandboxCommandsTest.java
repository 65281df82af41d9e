package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxCommandsTest {
  @TempDir private Path temporary;

  @Test
  void sandboxes_are_listed_for_people_and_for_programs() throws IOException {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      assertThat(bench.run("list").err()).contains("There are no sandboxes.");
      bench.succeed("new", "-n", "box");

      assertThat(bench.succeed("list").lines())
          .satisfiesExactly(
              headings -> assertThat(headings).startsWith("NAME").contains("STATE", "SOURCE"),
              row -> assertThat(row).startsWith("box").contains("running", "ago"));
      assertThat(bench.succeed("list", "-v"))
          .contains("unisolated", "dispense/box")
          .containsPattern("(?s)NETWORK +KEY .* open +agent ");
      JsonNode box = new ObjectMapper().readTree(bench.succeed("list", "--json"));
      assertThat(box.get("name").textValue()).isEqualTo("box");
      assertThat(box.get("provider").textValue()).isEqualTo("unisolated-for-tests");
      assertThat(box.get("state").textValue()).isEqualTo("RUNNING");
      assertThat(box.get("network").textValue()).isEqualTo("open");
      assertThat(box.get("key").textValue()).isEqualTo("agent");
      assertThat(box.get("location").textValue()).isEqualTo(bench.directory().toString());
      assertThat(bench.succeed("list", "--remote", "--json")).isEmpty();
      assertThat(bench.succeed("list", "--local", "--json")).isNotEmpty();
    }
  }

  @Test
  void a_command_gets_its_input_and_gives_its_outputs_and_exit_code() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");
      FakeConsole console = FakeConsole.withoutTerminal().withInput("typed");

      Workbench.Outcome outcome =
          bench.run(console, "exec", "box", "sh", "-c", "cat; echo \"$1\" >&2; exit 7", "sh", "-d");

      assertThat(outcome).isEqualTo(new Workbench.Outcome(7, "typed", "-d\n"));
    }
  }

  @Test
  void options_may_stand_before_or_after_the_sandbox() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      assertThat(bench.succeed("exec", "--cwd", "/", "box", "pwd")).isEqualTo("/\n");
      assertThat(bench.succeed("exec", "box", "--cwd", "/", "--", "pwd")).isEqualTo("/\n");
    }
  }

  @Test
  void a_command_is_killed_when_its_time_is_up() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      assertThat(bench.run("exec", "box", "--timeout", "1s", "--", "sleep", "60").exitCode())
          .isEqualTo(124);
    }
  }

  @Test
  void a_shell_without_a_terminal_runs_the_script_on_its_input() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      Workbench.Outcome outcome =
          bench.run(
              FakeConsole.withoutTerminal().withInput("cat README.md\nexit 4\n"), "shell", "box");

      assertThat(outcome).isEqualTo(new Workbench.Outcome(4, "Hello\n", ""));
    }
  }

  @Test
  void the_terminal_is_given_back_when_no_shell_can_be_had_in_it() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      Workbench.Outcome outcome = bench.run(FakeConsole.withAnswers(), "ssh", "box");

      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err()).contains("has no terminals");
    }
  }

  @Test
  void a_terminal_that_is_asked_for_must_be_there() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      assertThat(bench.run("exec", "box", "--tty", "--", "ls").err()).contains("--tty needs");
    }
  }

  @Test
  void a_stopped_sandbox_is_started_again() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");
      bench.succeed("stop", "box", "--grace", "1s");

      assertThat(bench.succeed("list")).contains("stopped");
      bench.succeed("start", "box");
      assertThat(bench.succeed("list")).contains("running");
    }
  }

  @Test
  void deleting_asks_first() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");
      FakeConsole refusing = FakeConsole.withAnswers("no");

      assertThat(bench.run(refusing, "delete", "box").err()).contains("Nothing was deleted.");
      assertThat(refusing.prompts()).containsExactly("Delete box? [y/N] ");
      assertThat(bench.run("delete", "box").err()).contains("There is nobody to ask", "--force");
      assertThat(bench.names()).containsExactly("box");
      bench.run(FakeConsole.withAnswers("y"), "delete", "box");
      assertThat(bench.names()).isEmpty();
    }
  }

  @Test
  void deleting_keeps_the_work_and_says_where() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");
      bench.succeed("exec", "box", "sh", "-c", "echo new >new.txt");

      assertThat(bench.succeed("delete", "-f", "box")).contains("refs/dispense/box/work");
      assertThat(bench.git("show", "refs/dispense/box/work:new.txt")).isEqualTo("new\n");
    }
  }

  @Test
  void deleting_can_discard_the_work() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");
      bench.succeed("exec", "box", "sh", "-c", "echo new >new.txt");

      bench.succeed("delete", "--force", "--discard", "box");

      assertThat(bench.git("for-each-ref", "refs/dispense")).isEmpty();
      assertThat(bench.git("worktree", "list").lines()).hasSize(1);
    }
  }

  @Test
  void all_sandboxes_of_the_caller_are_deleted_at_once() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");
      bench.succeed("new", "-n", "other");

      bench.succeed("delete", "--all", "--force");

      assertThat(bench.names()).isEmpty();
      assertThat(bench.run("delete", "--all", "--force").err()).contains("no sandboxes to delete");
    }
  }
}
