package dev.dispense.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.ExecResult;
import dev.dispense.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;

/** What the parts of the {@link ConcurrencyContract} have in common. */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class CrowdPart {
  final ConcurrencyContract contract;

  CrowdPart(ConcurrencyContract contract) {
    this.contract = contract;
  }

  /** Makes a repository with one commit. */
  final Path repository(String name) throws IOException {
    Path repository = Files.createDirectories(contract.temporary.resolve("sources").resolve(name));
    git(repository, "init", "-q", "-b", "main");
    Files.writeString(repository.resolve("file.txt"), "as it was\n");
    git(repository, "add", ".");
    git(repository, "-c", "user.name=A", "-c", "user.email=a@b.invalid", "commit", "-qm", "First");
    return repository;
  }

  /** Runs git, which must succeed, and returns what it prints. */
  static String git(Path repository, String... arguments) throws IOException {
    List<String> argv = new ArrayList<>(List.of("git", "-C", repository.toString()));
    argv.addAll(List.of(arguments));
    Process git = new ProcessBuilder(argv).redirectErrorStream(true).start();
    try {
      git.getOutputStream().close();
      String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(git.waitFor()).as("%s: %s", argv, output).isZero();
      return output.strip();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while git was running", e);
    } finally {
      git.destroyForcibly();
    }
  }

  /** Counts the processes that work in the workspace. */
  static int processes(Sandbox sandbox) {
    return Integer.parseInt(
        output(sandbox, "ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -c -- \"-> $(pwd -P)\\$\"")
            .strip());
  }

  /** Runs a shell script that must succeed, and returns what it printed. */
  static String output(Sandbox sandbox, String script) {
    ExecResult result = sandbox.exec(Command.of("sh", "-c", script));
    assertThat(result.isSuccess()).as("%s: %s", script, result.stderr()).isTrue();
    return result.stdout();
  }

  /** Sees to it that a repository is as its user left it, whole and unlocked. */
  static void assertUntouched(Path repository) throws IOException {
    assertThat(git(repository, "fsck", "--strict", "--no-dangling", "--no-progress")).isEmpty();
    assertThat(git(repository, "worktree", "list").lines()).hasSize(1);
    assertThat(git(repository, "status", "--porcelain")).isEmpty();
    assertThat(git(repository, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags"))
        .isEqualTo("refs/heads/main");
    assertThat(git(repository, "rev-list", "--count", "main")).isEqualTo("1");
    try (Stream<Path> files = Files.walk(repository)) {
      assertThat(files.map(Path::toString)).noneMatch(file -> file.endsWith(".lock"));
    }
  }
}
