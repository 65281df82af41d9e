package dev.dispense.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Changes.Merged;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Risk.Kind;
import dev.dispense.Source;
import dev.dispense.git.repository.LocalSandbox;
import dev.dispense.spi.SourceProvider.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;
  private LocalSandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
    sandbox = sandbox();
  }

  private LocalSandbox sandbox() {
    return LocalSandbox.of(test, "fix", Source.directory(repository));
  }

  /** Runs a script of the user in the repository. */
  private String sh(String script) {
    return test.run(repository, Map.of(), "sh", "-ec", script);
  }

  private String head() {
    return test.git(repository, "rev-parse", "HEAD");
  }

  private Changes work() {
    sandbox.commit("new", "new\n");
    sandbox.sh(
        "echo changed > README; git mv src/App.java src/Äpp.java; mkdir bin;"
            + " printf '#!/bin/sh\\n' > bin/run; chmod 755 bin/run; ln -s run bin/link");
    return sandbox.changes();
  }

  private void assertMerged(Changes changes) {
    assertThat(repository.resolve("README")).hasContent("changed\n");
    assertThat(repository.resolve("src/App.java")).doesNotExist();
    assertThat(repository.resolve("src/Äpp.java")).exists();
    assertThat(repository.resolve("bin/run")).isExecutable();
    assertThat(repository.resolve("bin/link")).isSymbolicLink();
    assertThat(test.git(repository, "branch", "--contains", changes.snapshot().value()))
        .contains("* main");
    test.git(repository, "fsck", "--strict");
  }

  private void assertRefused(Changes changes, Set<Kind> allowed, String... reasons) {
    Map<String, String> before = TestHost.untouchable(repository);
    String head = head();
    assertThatThrownBy(() -> changes.mergeInto(repository, allowed))
        .isInstanceOf(RefusedException.class)
        .hasMessageContainingAll(reasons);
    assertThat(TestHost.untouchable(repository)).isEqualTo(before);
    assertThat(head()).isEqualTo(head);
    assertThat(sandbox.request.directory().resolve("results"))
        .isDirectoryNotContaining(path -> path.getFileName().toString().startsWith("drafts"));
  }

  @Test
  void aBranchThatHasNothingElseIsMovedForward() {
    String before = head();
    Changes changes = work();

    Merged merged = changes.mergeInto(repository.resolve("src"));

    assertThat(merged.repository()).isEqualTo(repository);
    assertThat(merged.branch()).isEqualTo("main");
    assertThat(merged.before().value()).isEqualTo(before);
    assertThat(merged.after()).isEqualTo(changes.snapshot());
    assertThat(merged.isForward()).isTrue();
    assertMerged(changes);
    assertThat(head()).isEqualTo(changes.snapshot().value());
    assertThat(test.git(repository, "status", "--porcelain")).isEmpty();
    assertThat(test.git(repository, "reflog", "show", "HEAD"))
        .contains("dispense: merge fix: Fast-forward");
    assertThat(test.git(repository, "rev-parse", "refs/dispense/fix/work"))
        .isEqualTo(changes.snapshot().value());
  }

  @Test
  void aBranchWithOtherCommitsGetsAMergeCommit() {
    sh("echo other > other; sed -i s/App/Application/ src/App.java; git add -A; git commit -qm O");
    String before = head();
    Changes changes = work();

    Merged merged = changes.mergeInto(repository);

    assertThat(merged.isForward()).isFalse();
    assertMerged(changes);
    assertThat(repository.resolve("src/Äpp.java")).hasContent("class Application {}\n");
    assertThat(test.git(repository, "log", "-1", "--format=%H %P %an <%ae> %s"))
        .isEqualTo(
            merged.after()
                + " "
                + before
                + " "
                + changes.snapshot()
                + " Ada <ada@example.com> Merge the work of the sandbox fix");
    assertThat(test.git(repository, "status", "--porcelain")).isEmpty();
  }

  @Test
  void mergingAgainChangesNothing() {
    Changes changes = work();
    changes.mergeInto(repository);
    sh("git commit -q --allow-empty -m Later");

    Merged again = changes.mergeInto(repository);

    assertThat(again.after()).isEqualTo(again.before());
    assertThat(again.after().value()).isEqualTo(head());
  }

  @Test
  void whatTheUserDidNotCommitElsewhereStays() {
    sh("echo a > tracked; echo a > staged; git add -A; git commit -qm More");
    sandbox = LocalSandbox.of(test, "other", Source.directory(repository));
    sh("echo mine > tracked; echo mine > staged; git add staged; echo mine > untracked");
    String status = test.git(repository, "status", "--porcelain");
    Changes changes = work();

    changes.mergeInto(repository);

    assertMerged(changes);
    assertThat(test.git(repository, "status", "--porcelain")).isEqualTo(status);
    assertThat(repository.resolve("tracked")).hasContent("mine\n");
  }

  @ParameterizedTest
  @CsvSource({
    "echo mine >> README,                                     README",
    "rm README,                                               README",
    "echo mine >> README; git add README,                     README",
    "git rm -q --cached README,                               README",
    "rm README; ln -s src README,                             README",
    "git rm -q src/App.java,                                  src/App.java",
    "echo mine > new,                                         new",
    "echo mine > new; git add new,                            new",
    "echo mine > new; echo new > .git/info/exclude,           new",
    "mkdir new; echo mine > new/file,                         new/file",
    "mkdir new; echo mine > new/x.log,                        new/x.log",
    "echo mine > bin,                                         bin",
    "ln -s src bin,                                           bin",
    "git update-index --assume-unchanged README; echo x >> README, README"
  })
  void aFileWithWorkOfTheUserStopsAllOfIt(String script, String file) {
    Changes changes = work();
    sh(script);

    assertRefused(changes, Set.of(), file);
  }

  @Test
  void aFileThatTheUserOnlyTouchedIsNoObstacle() {
    Changes changes = work();
    sh("cp README r; rm README; mv r README; touch src/App.java");

    changes.mergeInto(repository);

    assertMerged(changes);
  }

  @Test
  void conflictsAreListedAndNothingChanges() {
    sh("echo mine > README; git commit -qam Mine");
    Changes changes = work();

    assertRefused(changes, Set.of(), "README", "git merge refs/dispense/fix/work");
    sh("git merge -q -X theirs -m x refs/dispense/fix/work");
    assertMerged(changes);
  }

  @ParameterizedTest
  @CsvSource({
    "git checkout -q --detach,                                             no branch",
    "git checkout -q --orphan empty,                                       no commit",
    "git checkout -q -b s; git commit -q --allow-empty -m S; touch .git/MERGE_HEAD, a merge",
    "mkdir .git/rebase-merge,                                              a rebase",
    "git bisect start -q,                                                  a bisection",
    "touch .git/CHERRY_PICK_HEAD,                                          a cherry-pick"
  })
  void whereNothingCanBeMergedItSaysWhy(String script, String reason) {
    Changes changes = work();
    sh(script + " 2>/dev/null");

    assertThatThrownBy(() -> changes.mergeInto(repository))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(reason);
    assertThat(repository.resolve("new")).doesNotExist();
  }

  @Test
  void aBareRepositoryOrNoneIsRefused() {
    Path bare = test.root().resolve("bare");
    test.git(test.root(), "clone", "-q", "--bare", repository.toString(), bare.toString());
    Changes changes = work();

    assertThatThrownBy(() -> changes.mergeInto(bare))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("bare");
    assertThatThrownBy(() -> changes.mergeInto(repository.resolve(".git")))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> changes.mergeInto(test.directory("plain")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("as files: apply it");
  }

  @Test
  void nothingOfAnybodyRuns() {
    Path ran = test.root().resolve("ran");
    for (String use : new String[] {"smudge", "clean", "process"}) {
      test.git(repository, "config", "filter.f." + use, "touch " + ran);
    }
    test.git(repository, "config", "merge.f.driver", "touch " + ran);
    test.git(repository, "config", "core.fsmonitor", "touch " + ran);
    for (String hook :
        new String[] {
          "post-merge",
          "pre-merge-commit",
          "commit-msg",
          "post-checkout",
          "reference-transaction",
          "post-index-change",
          "prepare-commit-msg",
          "post-commit"
        }) {
      Path file = repository.resolve(".git/hooks").resolve(hook);
      TestHost.write(file, "#!/bin/sh\ntouch " + ran + "\n");
      file.toFile().setExecutable(true);
    }
    sh(
        "seq 9 > both; git -c core.hooksPath=/x add both; git -c core.hooksPath=/x commit -qm B;"
            + " git -c core.hooksPath=/x -c core.fsmonitor=false status >/dev/null; rm -f ../ran");
    sandbox = LocalSandbox.of(test, "other", Source.directory(repository));
    sandbox.commit(".gitattributes", "* filter=f merge=f diff=f\n");
    sandbox.sh("sed -i s/9/nine/ both; echo x > README");
    Changes changes = sandbox.changes();
    sh(
        "sed -i s/1/one/ both; git -c core.hooksPath=/x -c core.fsmonitor=false commit -qam Mine;"
            + " rm -f ../ran");

    assertRefused(changes, Set.of(), "  .gitattributes (autorun): ");
    changes.mergeInto(repository, Set.of(Kind.AUTORUN));

    assertThat(ran).doesNotExist();
    assertThat(repository.resolve("both")).content().contains("one\n", "nine\n");
    assertThat(repository.resolve("README")).hasContent("x\n");
  }

  @Test
  void aFileThatNeedsAProgramOfTheUserIsLeftToTheUser() {
    sh(
        "git config filter.f.smudge cat; git config filter.f.clean cat;"
            + " echo '*.secret filter=f' > .gitattributes; git add -A; git commit -qm Filter");
    sandbox = LocalSandbox.of(test, "other", Source.directory(repository));
    sandbox.commit("a.secret", "x\n");

    assertRefused(
        sandbox.changes(), Set.of(), "filter", "a.secret", "git merge refs/dispense/other/work");
  }

  @Test
  void aRiskIsOneWhereTheMergeChangesTheFile() {
    sandbox.commit(".envrc", "x\n");
    sandbox.commit("pom.xml", "x\n");
    Changes changes = sandbox.changes();

    assertRefused(changes, Set.of(Kind.BUILD), "  .envrc (autorun): ", "allow what is");
    sh("printf 'x\\n' > .envrc; git add -A; git commit -qm Mine");
    changes.mergeInto(repository, Set.of(Kind.BUILD));

    assertThat(repository.resolve("pom.xml")).exists();
  }

  @Test
  void conflictsDoNotHideRisks() {
    sh("echo mine > README; git commit -qam Mine");
    sandbox.commit(".envrc", "x\n");
    Changes changes = work();

    assertRefused(changes, Set.of(), "  .envrc (autorun): ");
    assertRefused(changes, Set.of(Kind.AUTORUN), "README");
  }

  @Test
  void anotherRepositoryInTheTreeIsOnlyMergedWhenAllowed() {
    Path inner = test.repository("library");
    sandbox.sh(
        "git -c protocol.file.allow=always submodule --quiet add '"
            + inner
            + "' lib; git commit -qm Submodule");
    Changes changes = sandbox.changes();

    assertRefused(changes, Set.of(), "  lib (submodule): ");
    changes.mergeInto(repository, Set.of(Kind.SUBMODULE));

    assertThat(repository.resolve("lib")).isEmptyDirectory();
    assertThat(test.git(repository, "ls-files", "--stage", "lib")).startsWith("160000");
    assertThat(test.git(repository, "status", "--porcelain")).isEmpty();
  }

  @Test
  void aLinkedWorktreeIsMergedInto() {
    Path linked = test.root().resolve("linked");
    test.git(repository, "worktree", "add", "-q", "-b", "side", linked.toString());
    Map<String, String> before = TestHost.untouchable(repository);
    Changes changes = work();

    Merged merged = changes.mergeInto(linked);

    assertThat(merged.branch()).isEqualTo("side");
    assertThat(linked.resolve("README")).hasContent("changed\n");
    assertThat(test.git(linked, "status", "--porcelain")).isEmpty();
    assertThat(TestHost.untouchable(repository)).isEqualTo(before);
  }

  @Test
  void anotherCloneIsMergedInto() {
    Path clone = test.root().resolve("clone");
    test.git(test.root(), "clone", "-q", repository.toString(), clone.toString());
    test.git(clone, "commit", "-q", "--allow-empty", "-m", "Mine");

    work().mergeInto(clone);

    assertThat(clone.resolve("README")).hasContent("changed\n");
    assertThat(test.git(clone, "status", "--porcelain")).isEmpty();
    test.git(clone, "fsck", "--strict");
  }

  @Test
  void lineEndsAreAsTheUserHasThem() {
    test.git(repository, "config", "core.autocrlf", "true");

    work().mergeInto(repository);

    assertThat(repository.resolve("README")).hasBinaryContent("changed\r\n".getBytes(UTF_8));
    assertThat(test.git(repository, "status", "--porcelain")).isEmpty();
  }

  @Test
  void aSparseCheckoutStaysSparse() {
    test.git(repository, "sparse-checkout", "set", "bin");
    Changes changes = work();

    changes.mergeInto(repository);

    assertThat(repository.resolve("src")).doesNotExist();
    assertThat(repository.resolve("bin/run")).exists();
    assertThat(test.git(repository, "status", "--porcelain")).isEmpty();
  }

  @Test
  void namesThatAreNotUtf8AreMergedWhenAllowed() {
    sandbox.sh("echo x > \"$(printf 'caf\\351')\"");
    Changes changes = sandbox.changes();

    assertRefused(changes, Set.of(), "(name)");
    changes.mergeInto(repository, Set.of(Kind.NAME));

    assertThat(test.git(repository, "status", "--porcelain")).isEmpty();
  }

  @Test
  void aFileOfTheUserIsSafeWhateverItsNameIs() {
    sandbox.sh("echo x > \"$(printf 'caf\\351')\"; echo x > \"$(printf 'caf\\351s')\"");
    Changes changes = sandbox.changes();
    sh("echo mine > \"$(printf 'caf\\351')\"; echo '*' > .git/info/exclude");

    assertRefused(changes, Set.of(Kind.NAME), "caf\uFFFD. Commit them");
    sh("rm \"$(printf 'caf\\351')\"; mkdir \"$(printf 'caf\\351')\"; cd caf*; echo mine > x");
    assertRefused(changes, Set.of(Kind.NAME), "caf\uFFFD/x. Commit them");
  }

  @Test
  void aFileWhoseNameIsNotUtf8IsTakenBackToo() {
    sh("echo before > \"$(printf 'caf\\351')\"; git add .; git commit -qm byte");
    LocalSandbox other = LocalSandbox.of(test, "other", Source.directory(repository));
    other.sh("echo after > caf*; echo x > \"$(printf 'b\\351')\"");
    Changes changes = other.changes();
    sh(
        "rm .git/logs/refs/heads/main; mkdir .git/logs/refs/heads/main; touch"
            + " .git/logs/refs/heads/main/file");

    assertThatThrownBy(() -> changes.mergeInto(repository, Set.of(Kind.NAME)))
        .hasMessageContaining("changed nothing");

    assertThat(test.git(repository, "status", "--porcelain")).isEmpty();
  }

  @Test
  void aMergeThatWasCutOffBeforeTheBranchIsFinishedByTheNext() {
    Changes changes = work();
    changes.fetchInto(repository);
    test.git(repository, "read-tree", "-m", "-u", "HEAD", changes.snapshot().value());

    changes.mergeInto(repository);

    assertMerged(changes);
    assertThat(test.git(repository, "status", "--porcelain")).isEmpty();
  }

  @Test
  void aGitThatCannotMergeMovesForwardOnly() {
    Path git = test.directory("old").resolve("git");
    String path = System.getenv("PATH");
    TestHost.write(
        git,
        "#!/bin/sh\nfor a; do [ \"$a\" = version ] && { echo git version 2.37.1; exit; }; done\n"
            + "PATH='"
            + path
            + "' exec git \"$@\"\n");
    git.toFile().setExecutable(true);
    Map<String, String> environment = new HashMap<>(test.host().variables());
    environment.put("PATH", git.getParent() + ":" + path);
    Environment host =
        Environment.in(test.home())
            .withVariables(environment)
            .withStateDirectory(test.state())
            .withCacheDirectory(test.root().resolve("cache"))
            .withUserName("ada")
            .withClock(test.host().clock());
    sandbox = LocalSandbox.of(test, "old", Source.directory(repository), Delivery.MOUNT, host);
    Changes changes = work();
    sh("git branch before; git commit -q --allow-empty -m Mine");

    assertRefused(changes, Set.of(), "2.38", "git merge refs/dispense/old/work");
    sh("git checkout -q before");
    changes.mergeInto(repository);

    assertThat(repository.resolve("README")).hasContent("changed\n");
  }

  /** Returns the changes that an attacker makes of a tree that no worktree could have. */
  private Changes sent(String script) {
    return sandbox.changes(
        (command, streams) -> {
          try {
            Path file = Files.createTempFile(test.root(), "sent", "");
            test.run(
                sandbox.workspace(),
                Map.of("base", sandbox.checkout.labels().get("base")),
                "sh",
                "-ec",
                "exec >'"
                    + file
                    + "'; "
                    + script
                    + " c=$(git commit-tree -m x -p $base $tree);"
                    + " git update-ref refs/dispense/head $c; git update-ref refs/dispense/work $c;"
                    + " printf 'dispense-result 1 %s %s\\n' $c $c;"
                    + " git bundle create - refs/dispense/head refs/dispense/work ^$base");
            Files.copy(file, streams.stdout());
            return 0;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void aFailureHalfWayIsTakenBack() {
    String longName = "z".repeat(300);
    Changes changes =
        sent(
            "b=$(git hash-object -w .gitignore); git read-tree $base; git rm -q --cached"
                + " src/App.java; git update-index --add --cacheinfo 100644,$b,README --cacheinfo"
                + " 100644,$b,a/new --cacheinfo 100644,$b,"
                + longName
                + "; tree=$(git write-tree);");

    assertRefused(changes, Set.of(), "File name too long");
    assertThat(test.git(repository, "status", "--porcelain")).isEmpty();
    assertThat(repository.resolve("a")).doesNotExist();
  }

  @Test
  void whenTheBranchCannotBeMovedTheFilesAndTheIndexAreAsBefore() {
    Changes changes = work();
    sh(
        "echo mine > untracked; rm .git/logs/refs/heads/main; mkdir .git/logs/refs/heads/main;"
            + " touch .git/logs/refs/heads/main/file");

    assertRefused(changes, Set.of(), "changed nothing");

    assertThat(test.git(repository, "status", "--porcelain")).isEqualTo("?? untracked");
    assertThat(repository.resolve("bin")).doesNotExist();
  }

  @Test
  void bitsThatRaiseRightsDoNotReachTheHost() throws IOException {
    Changes changes =
        sent(
            "printf '104755 run\\0' > t; git rev-parse HEAD:README | tr -d '\\n' |"
                + " sed 's/../\\\\\\\\x&/g' | xargs printf '%b' >> t;"
                + " tree=$(git hash-object -t tree --literally -w t);");

    changes.mergeInto(repository);

    assertThat((int) Files.getAttribute(repository.resolve("run"), "unix:mode") & 07111)
        .isEqualTo(0111);
  }
}
