package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.cli.command.HelpCommand;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FastPathTest {
  @TempDir private Path temporary;

  /** Where this fails for the help, what the parser prints belongs into {@link HelpCommand}. */
  @ParameterizedTest
  @ValueSource(strings = {"version", "--version", "-v", "help", "--help", "-h", "list"})
  void doesAndPrintsWhatTheParserWould(String word) {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      assertThat(FastPath.isOne(List.of(word))).isTrue();
      assertThat(bench.runPlain(word)).isEqualTo(bench.run(word));
    }
  }

  @Test
  void listsWhatTheParsersListDoes() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "--name", "box");
      assertThat(withoutAge(bench.runPlain("list").out()))
          .contains("box")
          .isEqualTo(withoutAge(bench.run("list").out()));
    }
  }

  private static String withoutAge(String list) {
    return list.replaceAll(" +[0-9ms ]+ ago +", " ");
  }

  @Test
  void leavesAllElseToTheParser() {
    assertThat(FastPath.isOne(List.of())).isFalse();
    assertThat(FastPath.isOne(List.of("list", "--json"))).isFalse();
    assertThat(FastPath.isOne(List.of("new"))).isFalse();
  }

  @Test
  void helpOnACommandIsThatCommandsHelp() {
    try (Workbench bench = Workbench.inDirectory(temporary)) {
      assertThat(bench.run("help", "new")).isEqualTo(bench.run("new", "--help"));
    }
  }
}
