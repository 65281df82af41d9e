package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Changes.Commit;
import dev.dispense.Changes.FileChange;
import dev.dispense.Changes.FileChange.Kind;
import dev.dispense.RefusedException;
import dev.dispense.Risk;
import dev.dispense.Source;
import dev.dispense.UnavailableException;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.LocalSandbox;
import dev.dispense.spi.SourceProvider.Delivery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChangesTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;

  @BeforeEach
  void makeRepository() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
  }

  private LocalSandbox sandbox() {
    return LocalSandbox.of(test, "fix", Source.directory(repository));
  }

  private static String diff(Changes changes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    changes.writeDiff(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void nothingChangedIsEmpty() {
    Changes changes = sandbox().changes();

    assertThat(changes.isEmpty()).isTrue();
    assertThat(changes.head()).isEqualTo(changes.base());
    assertThat(changes.snapshot()).isEqualTo(changes.base());
    assertThat(changes.commits()).isEmpty();
    assertThat(changes.files()).isEmpty();
    assertThat(diff(changes)).isEmpty();
    assertThat(changes.keep()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void commitsAndUncommittedWorkComeOut(Delivery delivery) {
    LocalSandbox sandbox =
        LocalSandbox.of(test, "fix", Source.directory(repository), delivery, test.host());
    sandbox.commit("one", "1\n");
    sandbox.commit("two", "2\n");
    TestHost.write(sandbox.workspace().resolve("three"), "3\n");
    TestHost.write(sandbox.workspace().resolve("ignored.log"), "ignored\n");
    TestHost.write(sandbox.workspace().resolve("forced.log"), "forced\n");
    sandbox.git("add", "-f", "forced.log");
    String status = sandbox.git("status", "--porcelain");
    String head = sandbox.git("rev-parse", "HEAD");

    Changes changes = sandbox.changes();

    assertThat(changes.isEmpty()).isFalse();
    assertThat(changes.head().value()).isEqualTo(head);
    assertThat(changes.commits())
        .extracting(Commit::subject)
        .containsExactly("Change one", "Change two");
    assertThat(changes.commits()).extracting(Commit::author).containsOnly("Ada");
    assertThat(changes.files())
        .extracting(FileChange::path)
        .containsExactly("forced.log", "one", "three", "two");
    assertThat(diff(changes)).contains("+++ b/three\n");
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo(status);
    assertThat(sandbox.git("rev-parse", "HEAD")).isEqualTo(head);
    assertThat(sandbox.sh("ls -a '" + sandbox.request.layout().dispense() + "'"))
        .doesNotContain(".result");
  }

  @Test
  void theFilesSayWhatHappenedToThem() {
    TestHost.write(repository.resolve("moved"), "a\nb\nc\nd\ne\n");
    TestHost.write(repository.resolve("link"), "will be a link\n");
    test.git(repository, "add", "-A");
    test.git(repository, "commit", "-qm", "More");
    LocalSandbox sandbox = sandbox();
    sandbox.sh(
        "git mv moved 'new\tplace\n\"ü'; echo f >> 'new\tplace\n\"ü'; rm README; rm link;"
            + " ln -s /etc/passwd link; echo x >> src/App.java; printf 'a\\000b' > binary");

    assertThat(sandbox.changes().files())
        .containsExactlyInAnyOrder(
            change("README", Kind.DELETED, 0, 1),
            new FileChange(
                "binary", Optional.empty(), Kind.ADDED, OptionalInt.empty(), OptionalInt.empty()),
            change("link", Kind.TYPE_CHANGED, 1, 1),
            new FileChange(
                "new\tplace\n\"ü",
                Optional.of("moved"),
                Kind.RENAMED,
                OptionalInt.of(1),
                OptionalInt.of(0)),
            change("src/App.java", Kind.MODIFIED, 1, 0));
    assertThat(sandbox.changes().files().get(1).isBinary()).isTrue();
  }

  private static FileChange change(String path, Kind kind, int added, int deleted) {
    return new FileChange(
        path, Optional.empty(), kind, OptionalInt.of(added), OptionalInt.of(deleted));
  }

  @Test
  void theHostRunsNothingThatTheAgentNames() {
    test.git(test.home(), "config", "--global", "filter.f.clean", "touch " + test.root() + "/ran");
    test.git(test.home(), "config", "--global", "filter.f.smudge", "touch " + test.root() + "/ran");
    test.git(test.home(), "config", "--global", "diff.f.textconv", "touch " + test.root() + "/ran");
    test.git(test.home(), "config", "--global", "diff.f.command", "touch " + test.root() + "/ran");
    Path evil = test.root().resolve("ran");
    LocalSandbox sandbox = sandbox();
    sandbox.commit(".gitattributes", "* filter=f diff=f export-ignore\n");
    sandbox.commit("README", "changed $Format:%H$\n");

    Changes changes = sandbox.changes();
    diff(changes);
    changes.files();
    changes.fetchInto(repository);
    changes.exportTo(test.root().resolve("export"));
    changes.applyTo(repository, Set.of(Risk.Kind.AUTORUN));
    sandbox.remove();

    assertThat(evil).doesNotExist();
    assertThat(test.root().resolve("export/README")).hasContent("changed $Format:%H$\n");
    assertThat(repository.resolve("README")).hasContent("changed $Format:%H$\n");
  }

  @Test
  void aRepositoryInTheWorkspaceIsTakenAsFiles() {
    LocalSandbox sandbox = sandbox();
    sandbox.sh(
        "mkdir 'with commit' without; for d in 'with commit' without; do (cd \"$d\"; git init -q;"
            + " mkdir deep; echo x > deep/file; echo log > a.log); done; cd 'with commit'; git add"
            + " -A; git -c user.name=a -c user.email=a@b commit -qm Inner; mkdir inner; cd inner;"
            + " git init -q; echo y > y");

    assertThat(sandbox.changes().files())
        .extracting(FileChange::path)
        .containsExactlyInAnyOrder(
            "with commit/a.log",
            "with commit/deep/file",
            "with commit/inner/y",
            "without/a.log",
            "without/deep/file");
  }

  @Test
  void worktreesOfTheAgentAreNotPartOfTheWork() {
    LocalSandbox sandbox = sandbox();
    sandbox.sh("git worktree add -q -b side .claude/side; echo x > .claude/side/x; echo y > y");

    assertThat(sandbox.changes().files()).extracting(FileChange::path).containsExactly("y");
  }

  @Test
  void anOlderCommitOrAnotherBranchOrADetachedHeadIsTheHead() {
    test.git(repository, "commit", "-q", "--allow-empty", "-m", "Second");
    LocalSandbox sandbox = sandbox();

    sandbox.git("reset", "-q", "--hard", "HEAD~1");
    Changes older = sandbox.changes();
    assertThat(older.isEmpty()).isFalse();
    assertThat(older.head().value()).isEqualTo(sandbox.git("rev-parse", "HEAD"));
    assertThat(older.commits()).isEmpty();
    older.fetchInto(repository);

    TestHost.write(sandbox.workspace().resolve("older"), "older\n");
    assertThat(sandbox.changes().files()).extracting(FileChange::path).containsExactly("older");
    sandbox.changes().fetchInto(repository);

    sandbox.git("checkout", "-q", "-b", "other");
    sandbox.commit("other", "other\n");
    assertThat(sandbox.changes().head().value()).isEqualTo(sandbox.git("rev-parse", "other"));

    sandbox.git("checkout", "-q", "--detach");
    sandbox.commit("detached", "detached\n");
    assertThat(sandbox.changes().head().value()).isEqualTo(sandbox.git("rev-parse", "HEAD"));
    sandbox.changes().fetchInto(repository);
  }

  @Test
  void aBranchOfTheUserThatTheAgentMergedComesAlong() {
    test.git(repository, "checkout", "-q", "-b", "side");
    test.git(repository, "commit", "-q", "--allow-empty", "-m", "Side");
    test.git(repository, "checkout", "-q", "main");
    LocalSandbox sandbox = sandbox();
    sandbox.commit("new", "new\n");
    sandbox.git("merge", "-q", "--no-edit", "side");

    sandbox.changes().fetchInto(repository, "result");

    assertThat(test.git(repository, "branch", "--merged", "result")).contains("side");
  }

  @Test
  void aMergeOrRebaseOrLockInTheMiddleIsNoObstacle() {
    LocalSandbox sandbox = sandbox();
    sandbox.sh(
        "git checkout -q -b a; echo a > README; git commit -qam A; git checkout -q -b b HEAD~1;"
            + " echo b > README; git commit -qam B; git merge a >/dev/null || true;"
            + " touch \"$(git rev-parse --git-dir)/index.lock\"");
    assertThat(sandbox.git("ls-files", "--unmerged")).isNotEmpty();

    Changes changes = sandbox.changes();

    assertThat(changes.commits()).extracting(Commit::subject).containsExactly("B");
    assertThat(diff(changes)).contains("+<<<<<<< HEAD");
  }

  @Test
  void anUnbornBranchFallsBackToTheCommitsBefore() {
    LocalSandbox sandbox = sandbox();
    sandbox.commit("new", "new\n");
    sandbox.git("checkout", "-q", "--orphan", "nothing");

    assertThat(sandbox.changes().commits()).hasSize(1);
  }

  @Test
  void aDamagedRepositoryGivesWhatItHas() throws IOException {
    LocalSandbox sandbox = sandbox();
    sandbox.commit("new", "new\n");
    TestHost.write(sandbox.workspace().resolve("more"), "more\n");

    TestHost.write(sandbox.gitDirectory().resolve("config"), "[broken\n");
    assertThat(sandbox.changes().commits()).hasSize(1);
    assertThat(sandbox.changes().files()).hasSize(2);

    TestHost.write(sandbox.gitDirectory().resolve("HEAD"), "nonsense\n");
    assertThat(sandbox.changes().commits()).hasSize(1);

    TestHost.write(sandbox.gitDirectory().resolve("index"), "nonsense");
    assertThat(sandbox.changes().files()).hasSize(2);

    Files.delete(sandbox.gitDirectory().resolve("objects/info/alternates"));
    assertThat(sandbox.changes().commits()).hasSize(1);

    Deletion.ofContent(sandbox.gitDirectory());
    Changes changes = sandbox.changes();
    assertThat(changes.commits()).isEmpty();
    assertThat(changes.files()).extracting(FileChange::path).containsExactly("more", "new");
  }

  @Test
  void lostObjectsCostOnlyTheCommitsThatNeedThem() {
    LocalSandbox sandbox = sandbox();
    sandbox.commit("new", "new\n");
    sandbox.sh("rm -rf \"$(git rev-parse --git-dir)\"/objects/[0-9a-f][0-9a-f]");

    Changes changes = sandbox.changes();

    assertThat(changes.head()).isEqualTo(changes.base());
    assertThat(changes.files()).extracting(FileChange::path).containsExactly("new");
  }

  @Test
  void filtersAndHooksOfTheAgentAreNoObstacle() {
    LocalSandbox sandbox = sandbox();
    sandbox.sh(
        "git config core.hooksPath \"$PWD\"; git config core.fsmonitor false;"
            + " git config core.bare true; git config core.worktree /nonexistent;"
            + " git config extensions.worktreeConfig true");
    TestHost.write(sandbox.workspace().resolve("new"), "new\n");

    assertThat(sandbox.changes().files()).hasSize(1);
  }

  @Test
  void aChangeOfTheSameLengthInTheSameSecondIsSeen() {
    for (int i = 0; i < 5; i++) {
      LocalSandbox sandbox = LocalSandbox.of(test, "fix-" + i, Source.directory(repository));
      sandbox.commit("file", "one\n");
      TestHost.write(sandbox.workspace().resolve("file"), "two\n");

      assertThat(sandbox.changes().snapshot()).isNotEqualTo(sandbox.changes().head());
    }
  }

  @Test
  void severalCanAskAtOnce() throws IOException {
    LocalSandbox sandbox = sandbox();
    sandbox.commit("new", "new\n");

    assertThat(
            IntStream.range(0, 8).parallel().mapToObj(i -> sandbox.changes().snapshot()).distinct())
        .hasSize(1);
    try (Stream<Path> left = Files.list(sandbox.request.directory().resolve("results"))) {
      assertThat(left).hasSize(2);
    }
  }

  @Test
  void theSameWorkIsTheSameCommit() {
    LocalSandbox sandbox = sandbox();
    TestHost.write(sandbox.workspace().resolve("new"), "new\n");
    Changes first = sandbox.changes();
    long second = Instant.now().getEpochSecond();
    while (Instant.now().getEpochSecond() == second) {
      LockSupport.parkNanos(5_000_000);
    }

    assertThat(sandbox.changes().snapshot()).isEqualTo(first.snapshot());
  }

  @Test
  void aSandboxWithoutGitCannotGiveItsWork() {
    LocalSandbox sandbox = sandbox();

    assertThatThrownBy(() -> sandbox.changes((command, streams) -> 127))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void aResultBeyondTheLimitIsRefused() {
    LocalSandbox sandbox =
        LocalSandbox.of(
            test,
            "fix",
            Source.directory(repository),
            Delivery.MOUNT,
            test.host(Map.of("git.max-result-bytes", "1000")));
    sandbox.sh("head -c 5000 /dev/urandom > big");

    assertThatThrownBy(sandbox::changes)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("git.max-result-bytes");
    assertThat(sandbox.request.directory().resolve("results"))
        .isDirectoryNotContaining(path -> path.toString().endsWith(".bundle"));
  }

  @Test
  void changesCanBeReadWhileTheAgentGoesOn() {
    LocalSandbox sandbox = sandbox();
    sandbox.commit("one", "1\n");
    Changes first = sandbox.changes();
    sandbox.commit("two", "2\n");
    Changes second = sandbox.changes();

    assertThat(first.files()).hasSize(1);
    assertThat(second.files()).hasSize(2);
    first.fetchInto(repository);
    assertThat(test.git(repository, "rev-parse", "refs/dispense/fix/head"))
        .isEqualTo(first.head().value());
  }

  @Test
  void aRepositoryThatIsGoneIsUnavailable() throws IOException {
    LocalSandbox sandbox = sandbox();
    Files.move(repository, test.root().resolve("moved"));

    assertThatThrownBy(sandbox::changes)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(repository.toString());
    sandbox.remove();
  }
}
