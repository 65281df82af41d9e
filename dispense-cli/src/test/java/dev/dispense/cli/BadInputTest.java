package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputTest {
  @TempDir private Path temporary;

  /** A row: the exit code, a part of the message, and the command line. */
  static Stream<Arguments> inputs() {
    return Stream.of(
        input(2, "There is no command 'lsit'. Did you mean: list?", "lsit"),
        input(2, "Unknown option: '--nme=x'", "new", "--nme=x"),
        input(2, "'Fix Login' is not a sandbox name", "new", "-n", "Fix Login"),
        input(2, "Missing required parameter", "new", "--name"),
        input(2, "The prompt is empty", "new", "-n", "x", "--task", " "),
        input(2, "Invalid value for option '--cpu': 'many'", "new", "--cpu", "many"),
        input(2, "cpus must be from 0.01", "new", "--cpu", "0"),
        input(2, "'lots' is not a size", "new", "--memory", "lots"),
        input(2, "memory must be at least 64 MiB", "new", "--memory", "1m"),
        input(2, "Invalid value for option '--network'", "new", "--network", "some"),
        input(2, "there is no variable of that name here", "new", "--env", "NOT_THERE"),
        input(2, "cannot be set as an environment variable", "new", "--env", "=x"),
        input(2, "--skip-copy starts with an empty", "new", "--skip-copy", "--base", "main"),
        input(2, "--skip-daemon leaves out", "new", "--skip-daemon", "--task", "x"),
        input(2, "--follow needs a task", "new", "--follow"),
        input(2, "contradict each other", "new", "--remote", "--provider", "docker"),
        input(
            1, "There is no provider 'daytona'. There is: unisolated-for-tests", "new", "--remote"),
        input(1, "There is no provider 'moon'", "new", "--provider", "moon"),
        input(1, "There is no agent 'x'. There is: claude", "new", "--agent", "x", "--task", "t"),
        input(1, "no-such-branch", "new", "--base", "no-such-branch"),
        input(1, "There is no sandbox 'gone'", "shell", "gone"),
        input(2, "Missing required parameter: '<sandbox>'", "shell"),
        input(2, "Say in which sandbox to run what", "exec"),
        input(2, "Say in which sandbox to run what", "exec", "box"),
        input(2, "must be an absolute path", "exec", "box", "--cwd", "src", "--", "ls"),
        input(2, "'soon' is not a time", "exec", "box", "--timeout", "soon", "--", "ls"),
        input(2, "Say which to delete", "delete"),
        input(2, "Say which to delete", "delete", "--all", "box"),
        input(2, "Say in which sandbox to do what", "claude"),
        input(2, "Say in which sandbox to do what", "claude", "box"),
        input(2, "There is no command 'rnu'. Did you mean: run?", "claude", "box", "rnu"),
        input(2, "Say what the agent is to do", "claude", "box", "run"),
        input(2, "The prompt is empty", "claude", "box", "run", ""),
        input(2, "The turns must be at least 1", "claude", "box", "run", "t", "--max-turns", "0"),
        input(2, "--offset counts the bytes of --raw", "claude", "box", "logs", "--offset", "3"),
        input(2, "'x' is not a whole number", "claude", "box", "cancel", "x"),
        input(2, "Give only one of", "fetch", "box", "--branch", "b", "--patch", "x"),
        input(2, "Invalid value for option '--allow'", "merge", "box", "--allow", "all"),
        input(1, "There is no sandbox 'box'", "apply", "box", "--allow", "Build,ci"),
        input(2, "Missing required parameter: '<sandbox>'", "merge"),
        input(2, "'a b' is not a sandbox name", "new", "-n", "a\u001B[31m\nb"),
        input(2, "use 1 to 50 lower-case letters", "new", "-n", "a".repeat(51)),
        input(2, "'' is not a sandbox name", "new", "-n", ""),
        input(2, "'-x' is not a sandbox name", "new", "-n", "-x"),
        input(2, "option '--name' (<name>) should be specified only once", "new", "-na", "-nb"),
        input(2, "That is too much: 'more'", "new", "more"),
        input(2, "The name of the image is empty", "new", "--image", ""),
        input(2, "The name of the agent is empty", "new", "--agent", ""),
        input(2, "The name of the model is empty", "new", "--model", " "),
        input(2, "The name of the provider is empty", "new", "--provider", ""),
        input(2, "'' is not a branch, tag or commit", "new", "--base", ""),
        input(2, "'--x' is not a branch, tag or commit", "new", "--base", "--x"),
        input(2, "'--cpu': 'many' is not a number", "new", "--cpu", "many"),
        input(2, "cpus must be from 0.01 to 4096, not NaN.", "new", "--cpu", "NaN"),
        input(2, "is more than any machine has", "new", "--memory", "99999999999999t"),
        input(2, "'-5g' is not a size", "new", "--memory", "-5g"),
        input(2, "need a task", "new", "--max-requests", "5"),
        input(2, "at least 1", "new", "--task", "x", "--max-requests", "0"),
        input(2, "is not a size", "claude", "box", "run", "x", "--max-bytes", "much"),
        input(2, "--env needs the name of a variable", "new", "--env", ""),
        input(2, "'A B' cannot be set as an environment variable", "new", "--env", "A B=c"),
        input(2, "'A' cannot be set as an environment variable", "new", "--env", "A\n=c"),
        input(2, "'AB' cannot be set as an environment variable", "new", "--env", "A\0B=c"),
        input(2, "its value no NUL", "new", "--env", "A=b\0c"),
        input(2, "'1A' cannot be a variable of the sandbox", "new", "--env", "1A=b"),
        input(2, "'a-b' cannot be a variable of the sandbox", "new", "--env", "a-b=c"),
        input(2, "'ä' cannot be a variable of the sandbox", "new", "--env", "ä=c"),
        input(2, "DISPENSE_TASK cannot be a variable", "new", "--env", "DISPENSE_TASK=1"),
        input(2, "DISPENSE_EXEC cannot be a variable", "pool", "--env", "DISPENSE_EXEC=1"),
        input(2, "DISPENSE_SOFTWARE cannot be a", "new", "--env", "DISPENSE_SOFTWARE=/x"),
        input(2, "The variable A is too long", "new", "--env", "A=" + "ü".repeat(65_536)),
        input(2, "is too long: a program can", "exec", "box", "--", "x", "y".repeat(131_072)),
        input(2, "That is too much: 'more'", "list", "more"),
        input(2, "That is too much: 'more'", "version", "more"),
        input(2, "Missing required parameter: '<sandbox>'", "start"),
        input(2, "Missing required parameter: '<sandbox>'", "stop"),
        input(2, "Missing required parameter: '<sandbox>'", "diff"),
        input(2, "Missing required parameter: '<sandbox>'", "fetch"),
        input(2, "'x' is not a time", "stop", "box", "--grace", "x"),
        input(
            2, "is too long: the longest is", "exec", "box", "--timeout", "PT99999999H", "--", "x"),
        input(2, "A command needs a program to run", "exec", "box", "--", ""),
        input(2, "A user must be numeric", "exec", "box", "--user", "me", "--", "ls"),
        input(2, "See: dispense claude <sandbox> run --help", "claude", "box", "run", "--nope"),
        input(2, "<task>: 'x' is not a whole number", "claude", "box", "tasks", "x"),
        input(2, "or too large a one", "claude", "box", "logs", "99999999999"),
        input(2, "'0' is not a time", "claude", "box", "wait", "--timeout", "0"),
        input(2, "--offset must not be negative", "claude", "box", "logs", "--raw", "--offset=-1"),
        input(2, "A task to resume has a number", "claude", "box", "run", "t", "--resume", "0"),
        input(2, "The prompt has a NUL", "claude", "box", "run", "a\0b"),
        input(1, "There is no sandbox 'box'", "merge", "box"),
        input(2, "Missing required parameter: '<sandbox>'", "apply"),
        input(2, "Invalid value for option '--allow'", "apply", "box", "--allow", "x"),
        input(2, "Invalid value for option '--allow'", "apply", "box", "--allow", "ci,,name"),
        input(2, "That is too much: 'more'", "apply", "box", "more"),
        input(2, "That is too much: 'more'", "gc", "more"),
        input(2, "Unknown option: '--drop'", "gc", "--drop"),
        input(2, "That is too much: 'more'", "pool", "more"),
        input(2, "'x' is not a whole number", "pool", "--size", "x"),
        input(2, "or too large a one", "pool", "--size", "99999999999"),
        input(2, "--size is a number from 0 to 100, not -1.", "pool", "--size=-1"),
        input(2, "--size is a number from 0 to 100, not 101.", "pool", "--size", "101"),
        input(2, "cpus must be from 0.01", "pool", "--cpu", "0"),
        input(1, "There is no sandbox ''", "diff", ""),
        input(1, "There is no sandbox '../etc'", "delete", "-f", "../etc"));
  }

  private static Arguments input(int exitCode, String message, String... arguments) {
    return Arguments.of(exitCode, message, List.of(arguments));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("inputs")
  void bad_input_gets_one_clear_message_and_leaves_nothing_behind(
      int exitCode, String message, List<String> arguments) {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      Workbench.Outcome outcome = bench.run(arguments.toArray(String[]::new));

      assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(exitCode);
      assertThat(outcome.err()).contains(message).doesNotContain("\tat ");
      assertThat(outcome.err().lines().filter(line -> line.startsWith("dispense: "))).hasSize(1);
      assertThat(outcome.out()).isEmpty();
      bench.isAsBefore();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"many", "-1", "101", "1.5"})
  void a_size_of_the_pool_that_is_none_is_told_before_anything_is_made(String size) {
    try (Workbench bench = Workbench.inRepository(temporary).with("DISPENSE_POOL_SIZE", size)) {
      for (String[] command : List.of(new String[] {"new", "-n", "box"}, new String[] {"pool"})) {
        Workbench.Outcome outcome = bench.run(command);

        assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(2);
        assertThat(outcome.err())
            .contains(
                "The setting DISPENSE_POOL_SIZE is a number of sandboxes from 0 to 100, not '"
                    + size);
        bench.isAsBefore();
      }
    }
  }

  @Test
  void a_directory_without_git_is_refused_where_nobody_can_be_asked() {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      Workbench.Outcome outcome = bench.run("new", "-n", "box");

      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err()).contains("is not in a git repository", "--force", "--skip-copy");
    }
  }

  @Test
  void debugging_shows_where_an_error_came_from() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      assertThat(bench.run("shell", "gone", "--debug").err()).contains("\tat ");
    }
  }

  @Test
  void a_name_that_is_nearly_right_is_answered_with_the_right_one() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "fix-login");

      assertThat(bench.run("diff", "fix-lgin").err()).contains("Did you mean: fix-login?");
    }
  }
}
