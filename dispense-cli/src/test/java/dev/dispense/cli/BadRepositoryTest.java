package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code new} says of a repository, or of a place for its own files, that is not as it should
 * be.
 */
class BadRepositoryTest {
  private static final String MEND = "Mend it, until 'git status' works there";
  private static final String FSCK = "'git fsck'";

  @TempDir private Path temporary;

  /** How something is broken. */
  @FunctionalInterface
  private interface Breakage {
    void apply(Workbench bench) throws IOException;
  }

  /**
   * A row of the table.
   *
   * @param expected what the message has in it
   * @param options options of {@code new}
   */
  private record Row(
      String what, int exitCode, List<String> expected, Breakage breakage, List<String> options) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
        row("no commit of HEAD", 1, List.of("refs/heads/main", FSCK), drop("HEAD")),
        row("no tree", 1, List.of("bad tree object", FSCK), drop("HEAD^{tree}")),
        row("no blob", 1, List.of("unable to read", FSCK), drop("HEAD:README.md")),
        row("a ref of length zero", 1, List.of("HEAD names none", FSCK), empty("refs/heads/main")),
        row("an empty HEAD", 1, List.of("does not take", MEND), empty("HEAD")),
        row("HEAD is garbage", 1, List.of("does not take", MEND), write("HEAD", "garbage\n")),
        row("no HEAD", 1, List.of("does not take", MEND), delete("HEAD")),
        row("config is garbage", 1, List.of("bad config line", MEND), write("config", "[garbage")),
        row(
            "the index is garbage",
            1,
            List.of("index file smaller than expected", "or leave the changes out"),
            write("index", "x"),
            "--include-uncommitted"),
        row(
            "a gitfile that leads nowhere",
            1,
            List.of("not a git repository: /nowhere", MEND),
            gitfile("gitdir: /nowhere\n")),
        row("a gitfile that is garbage", 1, List.of("invalid gitfile", MEND), gitfile("garbage")),
        row(
            "the state directory cannot be made",
            1,
            List.of("Tried to make the directory /proc/", "DISPENSE_HOME"),
            bench -> bench.withState(Path.of("/proc/dispense"))),
        row(
            "no repository, and a base",
            1,
            List.of("There is no 'main' to start from"),
            bench -> Files.move(bench.directory().resolve(".git"), bench.directory().resolve("x")),
            "--force",
            "--base",
            "main"));
  }

  private static Row row(
      String what, int exitCode, List<String> expected, Breakage breakage, String... options) {
    return new Row(what, exitCode, expected, breakage, List.of(options));
  }

  private static Breakage drop(String object) {
    return bench -> {
      String id = bench.git("rev-parse", object).strip();
      Files.delete(git(bench, "objects/" + id.substring(0, 2) + "/" + id.substring(2)));
    };
  }

  private static Breakage empty(String file) {
    return write(file, "");
  }

  private static Breakage write(String file, String content) {
    return bench -> Files.writeString(git(bench, file), content);
  }

  private static Breakage delete(String file) {
    return bench -> Files.delete(git(bench, file));
  }

  private static Breakage gitfile(String content) {
    return bench -> {
      Files.move(bench.directory().resolve(".git"), bench.directory().resolve("moved"));
      Files.writeString(bench.directory().resolve(".git"), content);
    };
  }

  private static Path git(Workbench bench, String file) {
    return bench.directory().resolve(".git").resolve(file);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void a_sandbox_that_cannot_be_made_is_refused_with_advice_and_nothing_is_left(Row row)
      throws IOException {
    Workbench bench = Workbench.inRepository(temporary);
    row.breakage().apply(bench);
    String[] command =
        Stream.concat(Stream.of("new", "-n", "box"), row.options().stream()).toArray(String[]::new);

    Workbench.Outcome outcome = bench.run(command);

    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(row.exitCode());
    assertThat(outcome.err())
        .contains(row.expected())
        .doesNotContain("\tat ", "java.", "Exception", "..");
    assertThat(outcome.err().lines().filter(line -> line.startsWith("dispense: "))).hasSize(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(temporary.resolve("state/sandboxes/box")).doesNotExist();
    bench.withState(temporary.resolve("state")).isAsBefore();
  }
}
