package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultCommandsTest {
  private static final String HOSTILE = "\u001B]52;c;ZXZpbA==\u0007red \u001B[31malert\n";

  @TempDir private Path temporary;

  @Test
  void a_diff_in_a_pipe_is_what_git_apply_takes() {
    try (Workbench bench = worked("README.md", HOSTILE)) {
      assertThat(bench.succeed("diff", "box"))
          .startsWith("diff --git a/README.md b/README.md")
          .contains("\n-Hello\n+" + HOSTILE);
      assertThat(bench.succeed("diff", "box", "--stat"))
          .isEqualTo("M +1 -1          README.md\n0 commits, 1 file, +1 -1\n");
    }
  }

  @Test
  void a_diff_on_a_terminal_has_our_colours_and_nothing_of_what_the_agent_wrote() {
    try (Workbench bench = worked("README.md", HOSTILE).with("TERM", "xterm")) {
      assertThat(bench.run(FakeConsole.withAnswers(), "diff", "box").out())
          .contains("\u001B[32m+red alert\u001B[0m\n");
      bench.with("NO_COLOR", "1");
      assertThat(bench.run(FakeConsole.withAnswers(), "diff", "box").out())
          .doesNotContain("\u001B")
          .contains("\n+red alert\n");
    }
  }

  @Test
  void work_is_fetched_into_the_repository_as_refs_and_a_branch() {
    try (Workbench bench = worked("new.txt", "new\n")) {
      assertThat(bench.succeed("fetch", "box", "--branch", "taken"))
          .contains("refs/dispense/box/work", "branch taken", "git merge taken");

      assertThat(bench.git("show", "taken:new.txt")).isEqualTo("new\n");
      assertThat(bench.git("status", "--porcelain")).isEmpty();
    }
  }

  @Test
  void work_is_written_as_a_patch_or_as_files() {
    try (Workbench bench = worked("new.txt", "new\n")) {
      bench.succeed("fetch", "box", "--patch", "../work.patch");
      bench.succeed("fetch", "box", "--export", "../files");

      assertThat(temporary.resolve("work.patch")).content().contains("+new");
      assertThat(temporary.resolve("files/new.txt")).hasContent("new\n");
      assertThat(bench.run("fetch", "box", "--patch", "../work.patch").err())
          .contains("exists already");
    }
  }

  @Test
  void work_is_applied_to_a_directory_without_git() {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      bench.with(ScriptedAgent.builder("claude").write("README.md", "Bye\n").succeed("Done."));
      bench.succeed("new", "-n", "box", "--force", "--task", "Fix it", "--follow");

      assertThat(bench.run("merge", "box").err()).contains("no git repository", "apply it");
      assertThat(bench.succeed("apply", "box")).startsWith("Applied 0 commits, 1 file, +1 -1 to ");

      assertThat(bench.directory().resolve("README.md")).hasContent("Bye\n");
    }
  }

  @Test
  void work_is_merged_into_the_branch_that_is_checked_out() {
    try (Workbench bench = worked("new.txt", "new\n")) {
      assertThat(bench.succeed("merge", "box"))
          .startsWith("Merged 0 commits, 1 file, +1 -0 into the branch main in ")
          .contains("git reset --keep ");

      assertThat(bench.directory().resolve("new.txt")).hasContent("new\n");
      assertThat(bench.git("status", "--porcelain")).isEmpty();
      assertThat(bench.run("merge", "box").err()).contains("main has this work already");
    }
  }

  @Test
  void a_merge_that_would_touch_work_of_the_user_says_what_and_changes_nothing()
      throws IOException {
    try (Workbench bench = worked("README.md", "Bye\n")) {
      Files.writeString(bench.directory().resolve("README.md"), "Mine\n");

      Workbench.Outcome outcome = bench.run("merge", "box");

      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err()).contains("README.md", "git stash");
      assertThat(bench.directory().resolve("README.md")).hasContent("Mine\n");
    }
  }

  @Test
  void what_is_risky_is_shown_and_stops_an_apply_and_a_merge_until_it_is_allowed() {
    try (Workbench bench = worked("Makefile", "all:\n")) {
      String risk = "  Makefile (build): the usual first command runs it\n";
      assertThat(bench.run("diff", "box").err()).endsWith(risk);
      assertThat(bench.run("fetch", "box").err()).endsWith(risk);
      for (String command : new String[] {"apply", "merge"}) {
        Workbench.Outcome outcome = bench.run(command, "box", "--allow", "ci,AUTORUN");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err())
            .contains("  Makefile (build): the usual", "--allow build lets it pass");
        assertThat(bench.directory().resolve("Makefile")).doesNotExist();
      }

      assertThat(bench.run("merge", "box", "--allow", "build").err()).endsWith(risk);
      assertThat(bench.directory().resolve("Makefile")).exists();
    }
  }

  @Test
  void a_name_that_deceives_does_not_reach_the_terminal() {
    try (Workbench bench = worked("a\u001B]0;evil\u0007\u202Etxt", "x\n")) {
      for (String command : new String[] {"diff", "fetch", "apply", "merge"}) {
        assertThat(bench.run(command, "box").err())
            .contains("name")
            .doesNotContain("\u001B", "\u202E");
      }
    }
  }

  @Test
  void where_nothing_changed_it_is_said() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      assertThat(bench.run("diff", "box"))
          .isEqualTo(new Workbench.Outcome(0, "", "Nothing has changed in 'box'.\n"));
      assertThat(bench.run("fetch", "box").err()).contains("nothing to fetch");
    }
  }

  private Workbench worked(String path, String content) {
    Workbench bench =
        Workbench.inRepository(temporary)
            .with(ScriptedAgent.builder("claude").write(path, content).succeed("Done."));
    bench.succeed("new", "-n", "box", "--task", "Fix it", "--follow");
    return bench;
  }
}
