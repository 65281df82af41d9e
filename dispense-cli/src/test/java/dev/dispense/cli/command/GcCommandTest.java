package dev.dispense.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.cli.Workbench;
import dev.dispense.support.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcCommandTest {
  @TempDir Path home;

  @Test
  void saysWhatIsLeftOverAndRemovesIt() throws IOException {
    try (Workbench bench = Workbench.inRepository(home)) {
      bench.succeed("new", "--name", "one", "--task", "Do it");
      bench.succeed("new", "--name", "two", "--task", "Do it");
      assertThat(bench.run("gc").err()).isEqualTo("Nothing is left over.\n");

      FileTree.delete(home.resolve("state/unisolated/one"));

      assertThat(bench.succeed("gc", "--dry-run"))
          .isEqualTo("Would remove the sandbox 'one': its machine was removed by somebody else.\n");
      assertThat(bench.succeed("gc", "--dry-run", "--json"))
          .contains("\"kind\":\"SANDBOX\",\"name\":\"one\"", "\"outcome\":\"FOUND\"");
      assertThat(bench.names()).containsExactly("one", "two");
      assertThat(bench.succeed("gc")).startsWith("Removed the sandbox 'one': its machine was");
      assertThat(bench.names()).containsExactly("two");
      assertThat(bench.run("gc").err()).isEqualTo("Nothing is left over.\n");
    }
  }

  @Test
  void failsWhenSomethingCannotBeRemovedAndSaysWhy() throws IOException {
    try (Workbench bench = Workbench.inRepository(home)) {
      bench.succeed("new", "--name", "one", "--task", "Do it");
      FileTree.delete(home.resolve("state/unisolated/one"));
      Files.writeString(home.resolve("state/sandboxes/one/sandbox.properties"), "\\u00");

      Workbench.Outcome outcome = bench.run("gc");

      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.out())
          .startsWith("Left the sandbox 'one': its machine is gone, and its sandbox.properties")
          .contains(home.resolve("state/sandboxes/one").toString(), "--discard");
    }
  }
}
