package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadOutputTest {
  @TempDir private Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"--help", "new --help", "version", "list", "exec box -- echo hello"})
  void output_that_finds_no_room_is_told_and_one_that_nobody_reads_is_not(String command) {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box");
      String[] words = command.split(" ", -1);

      Workbench.Outcome full =
          bench.run(FakeConsole.withoutTerminal().whoseOutputFails("No space left"), words);
      Workbench.Outcome unread =
          bench.run(FakeConsole.withoutTerminal().whoseReaderIsGone(), words);

      assertThat(full.exitCode()).isEqualTo(1);
      assertThat(full.err()).contains("Tried to write to standard output", "No space left");
      assertThat(unread).isEqualTo(new Workbench.Outcome(141, "", ""));
    }
  }

  @Test
  void a_bare_repository_is_taken_for_one() {
    Workbench bench = Workbench.inDirectory(temporary);
    bench.git("init", "--quiet", "--bare", ".");

    Workbench.Outcome outcome = bench.run("new", "-n", "box");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).contains("bare repository", "has no commit");
    assertThat(bench.names()).isEqualTo(List.of());
  }
}
