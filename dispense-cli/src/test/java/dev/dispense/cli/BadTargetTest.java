package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code apply} and {@code merge} say of a place that work cannot be taken to. */
class BadTargetTest {
  @TempDir private Path temporary;
  private Workbench bench;

  /**
   * A row of the table.
   *
   * @param into the place, below the directory of the test
   */
  private record Row(String command, String into, String message) {
    @Override
    public String toString() {
      return command + " --into " + into;
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
        new Row("apply", "nowhere", "There is no directory"),
        new Row("apply", "bare.git", "it is a bare repository, or a git directory"),
        new Row("apply", "project/.git", "it is a bare repository, or a git directory"),
        new Row("apply", "project/README.md", "There is no directory"),
        new Row("merge", "nowhere", "there is no such directory"),
        new Row("merge", "plain", "there is no git repository. Give a directory in one"),
        new Row("merge", "bare.git", "it is a bare repository, or its git directory"),
        new Row("merge", "project/.git", "it is a bare repository, or its git directory"),
        new Row("merge", "project/README.md", "there is no such directory"),
        new Row("merge", "detached", "no branch is checked out there"),
        new Row("merge", "empty", "does not have the commit that the agent started from"));
  }

  @BeforeEach
  void makeWork() throws IOException {
    bench = Workbench.inRepository(temporary);
    bench.git("clone", "--quiet", "--bare", ".", "../bare.git");
    bench.git("clone", "--quiet", ".", "../detached");
    bench.git("-C", "../detached", "checkout", "--quiet", "--detach");
    bench.git("init", "--quiet", "../empty");
    Files.createDirectory(temporary.resolve("plain"));
    bench.succeed("new", "-n", "box");
    bench.succeed("exec", "box", "--", "sh", "-c", "echo work >work.txt");
  }

  @AfterEach
  void deleteSandbox() {
    bench.close();
    bench.isAsBefore();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void work_is_not_taken_to_where_it_cannot_be(Row row) throws IOException {
    List<Path> before = files();

    Workbench.Outcome outcome = bench.run(row.command(), "box", "--into", "../" + row.into());

    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.err()).contains(row.message()).doesNotContain("\tat ", "Exception");
    assertThat(outcome.err().lines().filter(line -> line.startsWith("dispense: "))).hasSize(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void a_place_without_a_name_is_refused() {
    for (String command : List.of("apply", "merge", "fetch")) {
      Workbench.Outcome outcome = bench.run(command, "box", "--into", "");

      assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(2);
      assertThat(outcome.err()).contains("The name of the directory is empty");
    }
  }

  @Test
  void work_is_applied_to_a_directory_without_git_beside_the_repository() {
    bench.succeed("apply", "box", "--into", "../plain");

    assertThat(temporary.resolve("plain/work.txt")).hasContent("work");
  }

  /** All files but those of the state directory, objects, logs and our own refs. */
  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(temporary)) {
      return files
          .filter(path -> !path.startsWith(temporary.resolve("state")))
          .filter(path -> !path.toString().matches(".*/(objects|logs|refs/dispense)(/.*)?"))
          .sorted()
          .toList();
    }
  }
}
