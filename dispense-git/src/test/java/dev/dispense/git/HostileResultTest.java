package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.RefusedException;
import dev.dispense.Source;
import dev.dispense.git.repository.LocalSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sandbox that is under the control of an attacker may send instead of its work. */
class HostileResultTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;
  private LocalSandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
    sandbox = LocalSandbox.of(test, "fix", Source.directory(repository));
  }

  /** Sends what a script of the attacker writes; it has the base in {@code $base}. */
  private void send(String script) {
    sandbox.changes(
        (command, streams) -> {
          try {
            Path file = Files.createTempFile(test.root(), "sent", "");
            test.run(
                sandbox.workspace(),
                Map.of("base", sandbox.checkout.labels().get("base")),
                "sh",
                "-ec",
                "exec >'" + file + "'; " + script);
            Files.copy(file, streams.stdout());
            return 0;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private void assertRefused(String script, String reason) {
    assertThatThrownBy(() -> send(script))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(reason);
    Path results = sandbox.request.directory().resolve("results");
    assertThat(results).isDirectoryNotContaining(path -> path.toString().endsWith(".bundle"));
    assertThat(test.git(repository, "for-each-ref", "refs/dispense")).isEmpty();
  }

  private static final String COMMIT =
      "c=$(git commit-tree -m x -p $base \"$tree\"); git update-ref refs/dispense/head $c;"
          + " git update-ref refs/dispense/work $c;";
  private static final String SEND =
      "printf 'dispense-result 1 %s %s\\n' $c $c;"
          + " git bundle create - refs/dispense/head refs/dispense/work ^$base;";
  private static final String GOOD_TREE = "tree=$(git write-tree);";

  @Test
  void whatAllOfThemStartFromIsAccepted() {
    send(GOOD_TREE + COMMIT + SEND);
  }

  @ParameterizedTest
  @ValueSource(strings = {".git", "..", ".", ".GIT", "git~1", ".g\u200cit"})
  void aTreeThatLeadsOutOfTheWorktree(String name) {
    assertRefused(
        "blob=$(git hash-object -w README); printf '40000 "
            + name
            + "\\0' > t; git write-tree | tr -d '\\n"
            + "' | sed 's/../\\\\\\\\x&/g' | xargs printf '%b' >> t;tree=$(git hash-object -t tree"
            + " --literally -w t);"
            + COMMIT
            + SEND,
        "hasDot");
  }

  @Test
  void aSymbolicLinkNamedGitmodules() {
    assertRefused(
        "blob=$(printf x | git hash-object -w --stdin);"
            + "tree=$(printf '120000 blob %s\\t.gitmodules\\n' $blob | git mktree);"
            + COMMIT
            + SEND,
        "fail the checks");
  }

  @Test
  void aSubmoduleWithAnOptionAsUrl() {
    assertRefused(
        "printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = --upload-pack=touch\\n' > .gitmodules;"
            + "git add .gitmodules; tree=$(git write-tree);"
            + COMMIT
            + SEND,
        "fail the checks");
  }

  @Test
  void oneMoreRef() {
    assertRefused(
        GOOD_TREE
            + COMMIT
            + "git update-ref refs/heads/main2 $c; printf 'dispense-result 1 %s %s\\n' $c $c;"
            + " git bundle create - refs/dispense/head refs/heads/main2 ^$base",
        "a ref that was not asked for");
  }

  @Test
  void aRefThatIsNotWhatTheLineSays() {
    assertRefused(
        GOOD_TREE
            + COMMIT
            + "printf 'dispense-result 1 %s %s\\n' $base $base;"
            + " git bundle create - refs/dispense/head ^$base",
        "a ref that was not asked for");
  }

  @Test
  void aPrerequisiteThatIsNotPartOfTheBase() {
    test.git(repository, "checkout", "-q", "-b", "side");
    test.git(repository, "commit", "-q", "--allow-empty", "-m", "Side");
    String side = test.git(repository, "rev-parse", "HEAD");

    assertRefused(
        GOOD_TREE + "base=" + side + ";" + COMMIT + SEND,
        "not part of what the agent started from");
  }

  @Test
  void aPrerequisiteThatDoesNotExist() {
    assertRefused(
        "other=$(git commit-tree -m other $(git write-tree)); base=$other;"
            + GOOD_TREE
            + COMMIT
            + SEND,
        "not part of what the agent started from");
  }

  @Test
  void aCommitOfTheUserThatTheAgentWasNotGiven() {
    test.git(repository, "commit", "-q", "--allow-empty", "-m", "Later");
    String later = test.git(repository, "rev-parse", "HEAD");

    assertRefused(
        "printf 'dispense-result 1 %s %s\\n' " + later + " " + later,
        "not part of what the agent started from");
  }

  @Test
  void aBundleThatIsCutOff() {
    assertRefused(
        "head -c 20000 /dev/urandom > big; git add big;"
            + GOOD_TREE
            + COMMIT
            + "("
            + SEND
            + ") | head -c 10000",
        "fail the checks");
  }

  @Test
  void anObjectThatIsMissing() {
    assertRefused(
        "blob=$(printf 'secret %s' $$ | git hash-object --stdin);"
            + "tree=$(printf '100644 blob %s\\tfile\\n' $blob | git mktree --missing);"
            + COMMIT
            + "printf 'dispense-result 1 %s %s\\n' $c $c;"
            + "printf '# v2 git bundle\\n-%s\\n%s refs/dispense/head\\n%s refs/dispense/work\\n\\n'"
            + " $base $c $c;"
            + "printf '%s\\n%s\\n' $c $tree | git pack-objects -q --stdout",
        "fail the checks");
  }

  @Test
  void aWorkThatIsNotACommit() {
    assertRefused(
        "c=$(echo x | git hash-object -w --stdin); git update-ref refs/dispense/head $c || true;"
            + "printf 'dispense-result 1 %s %s\\n' $c $c;"
            + "printf '# v2 git bundle\\n-%s\\n%s refs/dispense/head\\n%s refs/dispense/work\\n\\n'"
            + " $base $c $c;"
            + "echo $c | git pack-objects -q --stdout",
        "is not a commit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":",
        "echo hello",
        "printf 'dispense-result 1 --upload-pack=x HEAD\\n'",
        "yes | head -c 100000",
        "printf 'dispense-result 1 %s %s' $base $base",
        "printf 'dispense-result 1 %sa %s\\n' $base $base",
        "printf 'dispense-result 1 %s %s\\nPACK' $base $base",
        "printf 'dispense-result 1 %s %s\\n# v2 git bundle\\n' $base $base",
        "printf 'dispense-result 1 %s %s\\n# v3 git bundle\\n@filter=blob:none\\n\\n' $base $base",
        "printf 'dispense-result 1 %s %s\\n"
            + "# v3 git bundle\\n"
            + "@object-format=sha256\\n"
            + "\\n"
            + "' $base $base",
        "printf 'dispense-result 1 %s %s\\n# v2 git bundle\\n-HEAD\\n\\n' $base $base",
        "printf 'dispense-result 1 %s %s\\n# v2 git bundle\\n%s\\n\\n' $base $base $base",
        "printf 'dispense-result 1 %s %s\\n"
            + "# v2 git bundle\\n"
            + "' $base $base; yes | tr -d '\\n"
            + "' | head -c 2000000"
      })
  void whatIsNoResult(String script) {
    assertThatThrownBy(() -> send(script))
        .isInstanceOfAny(RefusedException.class, IllegalArgumentException.class);
  }

  /** It would be missing where the work is fetched to, as no ref keeps the earlier result there. */
  @Test
  void anObjectThatOnlyAnEarlierResultBrought() {
    String add = "echo new > new; git add new; blob=$(git hash-object new);" + GOOD_TREE + COMMIT;
    send(add + SEND);

    assertThatThrownBy(
            () ->
                send(
                    add
                        + "printf 'dispense-result 1 %s %s\\n' $c $c;"
                        + " printf '# v2 git bundle\\n-%s\\n%s refs/dispense/head\\n%s"
                        + " refs/dispense/work\\n\\n' $base $c $c;"
                        + " printf '%s\\n' $c $tree | git pack-objects --stdout -q"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("its objects fail the checks");
  }
}
