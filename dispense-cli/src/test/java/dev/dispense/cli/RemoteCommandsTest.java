package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the commands for entering and sharing sandboxes say to bad input, and to local sandboxes.
 */
class RemoteCommandsTest {
  @TempDir private Path temporary;

  @Test
  void a_port_must_be_one() {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      assertThat(bench.run("preview", "box", "0"))
          .isEqualTo(new Workbench.Outcome(2, "", "dispense: A port is from 1 to 65535, not 0.\n"));
      assertThat(bench.run("preview", "box", "http").exitCode()).isEqualTo(2);
      assertThat(bench.run("preview", "box").exitCode()).isEqualTo(2);
    }
  }

  @Test
  void options_that_contradict_each_other_are_refused() {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      assertThat(bench.run("preview", "box", "80", "--public", "--private").err())
          .contains("contradict each other");
      assertThat(bench.run("preview", "box", "80", "--public", "--expires", "1h").err())
          .contains("--expires goes with neither");
      assertThat(bench.run("share", "box", "--expires", "25h").err()).contains("24h at most");
      assertThat(bench.run("delete", "box", "--everyone").err())
          .contains("--everyone goes with --all only.");
    }
  }

  @Test
  void a_local_sandbox_is_not_shared_and_has_no_address_for_others() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      assertThat(bench.run("share", "box").err()).contains("is on this machine");
      Workbench.Outcome outcome = bench.run("preview", "box", "80", "--public");
      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err()).contains("are for sandboxes in the cloud");
    }
  }

  @Test
  void a_preference_for_a_side_does_not_hide_the_other() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      assertThat(bench.succeed("exec", "box", "--local", "--", "cat", "README.md"))
          .isEqualTo("Hello\n");
      assertThat(bench.succeed("exec", "box", "--remote", "--", "cat", "README.md"))
          .isEqualTo("Hello\n");
    }
  }

  @Test
  void only_daytona_is_logged_in_to() {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      Workbench.Outcome outcome = bench.run("login", "elsewhere");
      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err()).contains("There is no service 'elsewhere'");
    }
  }

  @Test
  void the_configuration_of_ssh_is_saved_and_goes_with_the_sandbox() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");
      bench.succeed("ssh", "box", "--save-config");

      Path saved = temporary.resolve("state/ssh/hosts/box.conf");
      assertThat(saved).content().contains("Host dispense-box");
      assertThat(temporary.resolve(".ssh/config")).content().startsWith("Include ");
      assertThat(bench.run("gc").out()).doesNotContain("configuration of ssh");
      assertThat(saved).exists();

      bench.succeed("delete", "--force", "box");
      assertThat(saved).doesNotExist();
    }
  }

  @Test
  void the_configuration_of_a_sandbox_that_is_gone_is_removed_by_gc() {
    Path saved = temporary.resolve("state/ssh/hosts/box.conf");
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");
      bench.succeed("ssh", "box", "--save-config");
    }
    assertThat(saved).exists();
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      assertThat(bench.succeed("gc")).contains("Removed the configuration of ssh for 'box'");
    }
    assertThat(saved).doesNotExist();
  }

  @Test
  void nothing_is_proxied_that_was_not_saved() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");

      assertThat(bench.run("ssh-proxy", "box").err())
          .contains("To save it: dispense ssh box --save-config");
      assertThat(bench.run("ssh-proxy", "a;b").exitCode()).isEqualTo(2);
    }
  }
}
