package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Changes.Fetched;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Source;
import dev.dispense.git.repository.LocalSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;
  private LocalSandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
    sandbox = LocalSandbox.of(test, "fix", Source.directory(repository));
    sandbox.commit("new", "new\n");
    TestHost.write(sandbox.workspace().resolve("more"), "more\n");
  }

  @Test
  void onlyObjectsAndRefsAreWritten() {
    TestHost.write(repository.resolve("README"), "changed\n");
    TestHost.write(repository.resolve("staged"), "staged\n");
    test.git(repository, "add", "staged");
    for (String hook : new String[] {"reference-transaction", "post-merge", "post-update"}) {
      TestHost.write(
          repository.resolve(".git/hooks").resolve(hook),
          "#!/bin/sh\ntouch " + test.root() + "/ran\n");
      repository.resolve(".git/hooks").resolve(hook).toFile().setExecutable(true);
    }
    Map<String, String> before = TestHost.untouchable(repository);
    Changes changes = sandbox.changes();

    Fetched fetched = changes.fetchInto(repository.resolve("src"), "result");

    assertThat(TestHost.untouchable(repository)).isEqualTo(before);
    assertThat(test.root().resolve("ran")).doesNotExist();
    assertThat(fetched)
        .isEqualTo(
            new Fetched(
                repository.resolve("src"),
                "refs/dispense/fix/head",
                "refs/dispense/fix/work",
                Optional.of("result")));
    assertThat(test.git(repository, "rev-parse", "result", fetched.headRef(), fetched.workRef()))
        .isEqualTo(changes.snapshot() + "\n" + changes.head() + "\n" + changes.snapshot());
    assertThat(test.git(repository, "reflog", "show", fetched.workRef()))
        .contains("dispense: fetch");
    test.git(repository, "fsck", "--strict");
  }

  @Test
  void whatWasCheckedIsNotWrittenTwice() throws IOException {
    sandbox.changes().fetchInto(repository);

    assertThat(fetchedPacks()).isNotEmpty().allMatch(pack -> links(pack) == 2);
    sandbox.remove();
    test.git(repository, "fsck", "--strict");
  }

  @Test
  void inASharedRepositoryTheOthersCanReadTheObjects() throws IOException {
    test.git(repository, "config", "core.sharedRepository", "0664");

    sandbox.changes().fetchInto(repository);

    assertThat(fetchedPacks())
        .isNotEmpty()
        .allMatch(pack -> links(pack) == 1)
        .allMatch(pack -> permissions(pack).equals("444"));
  }

  @Test
  void fetchingAgainMovesTheRefsAndTheBranchForward() {
    sandbox.changes().fetchInto(repository, "result");
    sandbox.sh("rm more");
    sandbox.commit("even/more", "more\n");

    assertThatThrownBy(() -> sandbox.changes().fetchInto(repository, "result"))
        .as("the uncommitted work of before is not part of the work of now")
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("commits that the work does not have");
    test.git(repository, "branch", "-f", "result", "main");
    Changes changes = sandbox.changes();
    changes.fetchInto(repository, "result");
    changes.fetchInto(repository, "result");

    assertThat(test.git(repository, "rev-parse", "result")).isEqualTo(changes.snapshot().value());
  }

  @Test
  void aBranchThatIsCheckedOutStays() {
    Path linked = test.root().resolve("linked");
    test.git(repository, "worktree", "add", "-q", "-b", "side", linked.toString());
    Changes changes = sandbox.changes();

    for (String branch : new String[] {"main", "side", "dispense/fix"}) {
      assertThatThrownBy(() -> changes.fetchInto(repository, branch))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("checked out in");
    }
    assertThat(test.git(repository, "for-each-ref", "refs/dispense")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-f", "--upload-pack=x", "a..b", "@{-1}", "a b", "HEAD", "x.lock", "a\nb"})
  void aBranchNeedsAName(String branch) {
    Changes changes = sandbox.changes();

    assertThatThrownBy(() -> changes.fetchInto(repository, branch))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itFetchesIntoAnotherCloneThatHasTheBase() {
    Path clone = test.root().resolve("clone");
    test.git(test.root(), "clone", "-q", repository.toString(), clone.toString());

    sandbox.changes().fetchInto(clone, "result");

    assertThat(test.git(clone, "show", "result:more")).isEqualTo("more");
    test.git(clone, "fsck", "--strict");
  }

  @Test
  void aRepositoryWithoutTheBaseIsRefused() {
    Path other = test.emptyRepository("other");

    assertThatThrownBy(() -> sandbox.changes().fetchInto(other))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(sandbox.checkout.labels().get("base"));
    assertThatThrownBy(() -> sandbox.changes().fetchInto(test.directory("plain")))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void keepingSavesTheWorkInTheRepositoryOnce() {
    Changes changes = sandbox.changes();

    assertThat(changes.keep())
        .hasValueSatisfying(words -> assertThat(words).contains("refs/dispense/fix/work"));
    assertThat(changes.keep()).isEmpty();
    assertThat(sandbox.changes().keep()).isEmpty();
    sandbox.remove();

    assertThat(test.git(repository, "show", "refs/dispense/fix/work:more")).isEqualTo("more");
    test.assertNothingLeft(repository);
  }

  @Test
  void theWorkSurvivesTheSandboxAndGarbageCollection() {
    sandbox.changes().fetchInto(repository);
    sandbox.remove();

    test.git(repository, "gc", "-q", "--prune=now");

    test.git(repository, "fsck", "--strict");
    assertThat(test.git(repository, "show", "refs/dispense/fix/work:more")).isEqualTo("more");
  }

  private List<Path> fetchedPacks() throws IOException {
    try (Stream<Path> packs = Files.list(repository.resolve(".git/objects/pack"))) {
      return packs.toList();
    }
  }

  private static int links(Path file) {
    return (Integer) attribute(file, "unix:nlink");
  }

  private static String permissions(Path file) {
    return Integer.toOctalString((Integer) attribute(file, "unix:mode") & 0777);
  }

  private static Object attribute(Path file, String name) {
    try {
      return Files.getAttribute(file, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
