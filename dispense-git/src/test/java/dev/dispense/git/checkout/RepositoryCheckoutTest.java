package dev.dispense.git.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Source;
import dev.dispense.git.TestHost;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.LocalSandbox;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SourceProvider.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryCheckoutTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;

  @BeforeEach
  void makeRepository() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
  }

  private LocalSandbox sandbox(Path directory) {
    return LocalSandbox.of(test, "fix", Source.directory(directory));
  }

  @Test
  void theSandboxHasACleanWorktreeOnItsOwnBranch() {
    LocalSandbox sandbox = sandbox(repository);

    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("branch", "--show-current")).isEqualTo("dispense/fix");
    assertThat(sandbox.git("log", "--format=%s")).isEqualTo("First");
    assertThat(sandbox.git("diff", "main")).isEmpty();
    assertThat(sandbox.git("config", "user.name")).isEqualTo("Ada");
    assertThat(sandbox.git("config", "user.email")).isEqualTo("ada@example.com");
    assertThat(sandbox.workspace().resolve("src/App.java")).hasContent("class App {}\n");
    assertThat(test.git(repository, "worktree", "list")).contains("[dispense/fix]");
    assertThat(sandbox.notices).isEmpty();
  }

  @Test
  void theAgentCanCommit() {
    LocalSandbox sandbox = sandbox(repository);

    sandbox.commit("new.txt", "new\n");

    assertThat(sandbox.git("log", "--format=%s by %an")).startsWith("Change new.txt by Ada");
    sandbox.git("fsck", "--strict");
  }

  @Test
  void theGitfileAndTheObjectsAreMountedReadOnly() {
    LocalSandbox sandbox = sandbox(repository);

    Path directory = sandbox.request.directory();
    String workspace = sandbox.request.layout().workspace();
    Path objects = repository.resolve(".git/objects");
    assertThat(sandbox.checkout.mounts())
        .containsExactly(
            new Mount(directory.resolve("worktree"), workspace, false),
            new Mount(directory.resolve("gitfile"), workspace + "/.git", true),
            new Mount(
                directory.resolve("git"), sandbox.request.layout().dispense() + "/git", false),
            new Mount(objects, objects.toString(), true));
    assertThat(sandbox.checkout.uploads()).isEmpty();
    assertThat(sandbox.checkout.setup()).isEmpty();
    assertThat(directory.resolve("gitfile"))
        .hasContent("gitdir: " + sandbox.request.layout().dispense() + "/git\n");
  }

  @Test
  void theLabelsSayWhatWasCheckedOut() {
    LocalSandbox sandbox = sandbox(repository.resolve("src"));

    assertThat(sandbox.checkout.labels())
        .containsOnly(
            Map.entry("base", test.git(repository, "rev-parse", "HEAD")),
            Map.entry("branch", "dispense/fix"),
            Map.entry("repository", repository.resolve(".git").toString()),
            Map.entry("subdirectory", "src"),
            Map.entry("delivery", "MOUNT"));
    assertThat(sandbox.workspace().resolve("README")).exists();
  }

  @Test
  void theUsersRepositoryStaysAsItIs() throws IOException {
    Path hooks = repository.resolve(".git/hooks");
    for (String hook :
        new String[] {"post-checkout", "reference-transaction", "post-index-change"}) {
      TestHost.write(hooks.resolve(hook), "#!/bin/sh\ntouch '" + test.root() + "/ran'\n");
      hooks.resolve(hook).toFile().setExecutable(true);
    }
    TestHost.write(repository.resolve("README"), "changed\n");
    TestHost.write(repository.resolve("untracked"), "untracked\n");
    Map<String, String> before = TestHost.untouchable(repository);

    LocalSandbox sandbox = sandbox(repository);
    assertThat(TestHost.untouchable(repository)).isEqualTo(before);
    sandbox.remove();

    assertThat(TestHost.untouchable(repository)).isEqualTo(before);
    assertThat(test.root().resolve("ran")).doesNotExist();
    test.assertNothingLeft(repository);
  }

  @Test
  void uncommittedChangesAreCountedWhenTheyAreLeftOut() {
    TestHost.write(repository.resolve("README"), "changed\n");
    TestHost.write(repository.resolve("one"), "");
    TestHost.write(repository.resolve("two"), "");

    LocalSandbox sandbox = sandbox(repository);

    assertThat(sandbox.notices)
        .singleElement()
        .asString()
        .contains("1 changed file and 2 new files or directories", "Include what is not committed");
    assertThat(sandbox.workspace().resolve("README")).hasContent("read me\n");
  }

  @Test
  void uncommittedChangesAreCarriedAlongWhenAskedFor() {
    TestHost.write(repository.resolve("README"), "changed\n");
    TestHost.write(repository.resolve("new dir/unträcked"), "untracked\n");
    TestHost.write(repository.resolve("build.log"), "ignored\n");
    TestHost.write(repository.resolve("staged"), "staged\n");
    test.git(repository, "add", "staged");
    test.git(repository, "rm", "-q", "--cached", "src/App.java");
    test.git(test.directory("project/inner"), "init", "-q");
    repository.resolve("src/App.java").toFile().delete();
    Map<String, String> before = TestHost.untouchable(repository);

    LocalSandbox sandbox =
        LocalSandbox.of(test, "fix", Source.directory(repository).withUncommitted());

    assertThat(TestHost.untouchable(repository)).isEqualTo(before);
    assertThat(sandbox.workspace().resolve("README")).hasContent("changed\n");
    assertThat(sandbox.workspace().resolve("new dir/unträcked")).exists();
    assertThat(sandbox.workspace().resolve("staged")).exists();
    assertThat(sandbox.workspace().resolve("build.log")).doesNotExist();
    assertThat(sandbox.workspace().resolve("src/App.java")).doesNotExist();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("log", "--format=%s")).isEqualTo("Uncommitted changes\nFirst");
    assertThat(sandbox.notices).singleElement().asString().contains("inner/");
    assertThat(sandbox.changes().isEmpty()).isTrue();
  }

  @Test
  void withoutUncommittedChangesTheBaseIsTheLastCommit() {
    LocalSandbox sandbox =
        LocalSandbox.of(test, "fix", Source.directory(repository).withUncommitted());

    assertThat(sandbox.checkout.labels())
        .containsEntry("base", test.git(repository, "rev-parse", "HEAD"));
  }

  @Test
  void aBaseIsABranchTagOrCommit() {
    test.git(repository, "tag", "-am", "v1", "v1");
    String first = test.git(repository, "rev-parse", "HEAD");
    test.git(repository, "commit", "-q", "--allow-empty", "-m", "Second");

    LocalSandbox sandbox =
        LocalSandbox.of(test, "fix", Source.directory(repository).withBase("v1"));

    assertThat(sandbox.checkout.labels()).containsEntry("base", first);
    assertThat(sandbox.git("tag", "--points-at", "HEAD")).isEqualTo("v1");
  }

  @Test
  void aBaseThatDoesNotExistIsNotFound() throws IOException {
    assertThatThrownBy(
            () -> LocalSandbox.of(test, "fix", Source.directory(repository).withBase("nope")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("'nope'");
    test.assertNothingLeft(repository);
    assertThat(test.state().resolve("sandboxes/fix")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--upload-pack=touch x", "-f", "", "a\nb"})
  void aBaseThatIsAnOptionIsNotValid(String base) {
    assertThatThrownBy(
            () -> LocalSandbox.of(test, "fix", Source.directory(repository).withBase(base)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDetachedHeadIsABaseToo() {
    test.git(repository, "checkout", "-q", "--detach");

    assertThat(sandbox(repository).git("branch", "--show-current")).isEqualTo("dispense/fix");
  }

  @Test
  void itWorksFromALinkedWorktree() {
    Path linked = test.root().resolve("linked");
    test.git(repository, "worktree", "add", "-q", "-b", "side", linked.toString());
    TestHost.write(linked.resolve("more"), "more\n");
    test.git(linked, "add", "-A");
    test.git(linked, "commit", "-qm", "On the side");

    LocalSandbox sandbox = sandbox(linked);

    assertThat(sandbox.git("log", "--format=%s")).isEqualTo("On the side\nFirst");
    assertThat(sandbox.checkout.labels())
        .containsEntry("repository", repository.resolve(".git").toString());
  }

  @Test
  void itWorksFromABareRepository() {
    Path bare = test.root().resolve("bare.git");
    test.git(test.root(), "clone", "-q", "--bare", repository.toString(), bare.toString());

    LocalSandbox sandbox = sandbox(bare);
    sandbox.commit("new", "new\n");

    assertThat(sandbox.changes().commits()).hasSize(1);
    assertThatThrownBy(
            () -> LocalSandbox.of(test, "other", Source.directory(bare).withUncommitted()))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void itWorksFromClonesThatBorrowObjects() {
    Path shared = test.root().resolve("shared");
    Path again = test.root().resolve("again");
    test.git(test.root(), "clone", "-q", "--shared", repository.toString(), shared.toString());
    test.git(test.root(), "clone", "-q", "--shared", shared.toString(), again.toString());

    LocalSandbox sandbox = sandbox(again);
    sandbox.commit("new", "new\n");

    assertThat(sandbox.checkout.mounts())
        .extracting(Mount::host)
        .contains(
            again.resolve(".git/objects"),
            shared.resolve(".git/objects"),
            repository.resolve(".git/objects"));
    assertThat(sandbox.changes().commits()).hasSize(1);
  }

  @Test
  void itWorksInAShallowClone() {
    test.git(repository, "commit", "-q", "--allow-empty", "-m", "Second");
    Path shallow = test.root().resolve("shallow");
    test.git(test.root(), "clone", "-q", "--depth=1", "file://" + repository, shallow.toString());

    LocalSandbox sandbox = sandbox(shallow);
    sandbox.commit("new", "new\n");

    assertThat(sandbox.git("log", "--format=%s")).isEqualTo("Change new\nSecond");
    assertThat(sandbox.changes().fetchInto(shallow).workRef()).isEqualTo("refs/dispense/fix/work");
  }

  @Test
  void itWorksInAPartialClone() {
    test.git(repository, "config", "uploadpack.allowFilter", "true");
    test.git(repository, "config", "uploadpack.allowAnySHA1InWant", "true");
    TestHost.write(repository.resolve("README"), "second\n");
    test.git(repository, "commit", "-qam", "Second");
    Path partial = test.root().resolve("partial");
    test.git(
        test.root(),
        "clone",
        "-q",
        "--filter=blob:none",
        "--no-checkout",
        "file://" + repository,
        partial.toString());

    LocalSandbox sandbox = sandbox(partial);
    sandbox.commit("new", "new\n");

    assertThat(sandbox.notices).anyMatch(notice -> notice.contains("partial clone"));
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.changes().fetchInto(partial).workRef()).isEqualTo("refs/dispense/fix/work");
  }

  @Test
  void itWorksInASparseCheckout() {
    test.git(repository, "sparse-checkout", "set", "--no-cone", "/README");

    LocalSandbox sandbox = sandbox(repository);
    sandbox.commit("README", "changed\n");

    assertThat(sandbox.workspace().resolve("src")).doesNotExist();
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.changes().files()).extracting("path").containsExactly("README");
  }

  @Test
  void itWorksWithSha256() {
    Path modern = test.directory("modern");
    test.git(modern, "init", "-q", "--object-format=sha256");
    TestHost.write(modern.resolve("file"), "file\n");
    test.git(modern, "add", "-A");
    test.git(modern, "commit", "-qm", "First");

    LocalSandbox sandbox = sandbox(modern);
    sandbox.commit("new", "new\n");
    TestHost.write(sandbox.workspace().resolve("more"), "more\n");

    assertThat(sandbox.changes().snapshot().value()).hasSize(64);
    sandbox.changes().fetchInto(modern);
    test.git(modern, "fsck", "--strict");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "with space",
        "ünïcode",
        "co:lon",
        "-dash",
        "new\nline",
        "\"quoted\"",
        "#hash",
        "back\\slash"
      })
  void itWorksAtAwkwardPaths(String name) {
    Path awkward = test.repository(name);

    LocalSandbox sandbox = sandbox(awkward);
    sandbox.commit("new", "new\n");
    sandbox.changes().fetchInto(awkward, "result");

    assertThat(sandbox.git("log", "--format=%s")).isEqualTo("Change new\nFirst");
    assertThat(test.git(awkward, "show", "result:new")).isEqualTo("new");
    sandbox.remove();
    test.assertNothingLeft(awkward);
  }

  @Test
  void submodulesAndLargeFilesAreLeftAsTheyAre() {
    Path library = test.repository("library");
    test.git(
        repository,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        library.toString(),
        "lib");
    TestHost.write(repository.resolve(".gitattributes"), "*.bin filter=lfs diff=lfs -text\n");
    TestHost.write(repository.resolve("big.bin"), "version https://git-lfs.github.com/spec/v1\n");
    test.git(repository, "add", "-A");
    test.git(repository, "commit", "-qm", "Submodule and LFS");
    test.git(repository, "config", "filter.lfs.smudge", "touch " + test.root() + "/ran; false");
    test.git(repository, "config", "filter.lfs.clean", "cat");
    test.git(repository, "config", "filter.lfs.required", "true");

    LocalSandbox sandbox = sandbox(repository);

    assertThat(sandbox.notices)
        .hasSize(2)
        .anyMatch(notice -> notice.contains("submodules"))
        .anyMatch(notice -> notice.contains("LFS"));
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(test.root().resolve("ran")).doesNotExist();
    assertThat(sandbox.changes().isEmpty()).isTrue();
    sandbox.remove();
  }

  @Test
  void aBranchWithCommitsOfItsOwnIsNeverTakenAway() {
    test.git(repository, "checkout", "-q", "-b", "dispense/fix");
    test.git(repository, "commit", "-q", "--allow-empty", "-m", "Precious");
    test.git(repository, "checkout", "-q", "main");
    String precious = test.git(repository, "rev-parse", "dispense/fix");

    assertThatThrownBy(() -> sandbox(repository))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("git branch -m dispense/fix");
    assertThat(test.git(repository, "rev-parse", "dispense/fix")).isEqualTo(precious);
  }

  @Test
  void aBranchThatIsCheckedOutIsNeverTakenAway() {
    test.git(repository, "checkout", "-q", "-b", "dispense/fix");

    assertThatThrownBy(() -> sandbox(repository))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("checked out in " + repository);
  }

  @Test
  void aStaleBranchWithoutCommitsOfItsOwnIsReplaced() {
    test.git(repository, "branch", "dispense/fix");
    test.git(repository, "commit", "-q", "--allow-empty", "-m", "Second");

    LocalSandbox sandbox = sandbox(repository);

    assertThat(sandbox.git("log", "--format=%s")).isEqualTo("Second\nFirst");
    assertThat(sandbox.notices).singleElement().asString().contains("dispense/fix");
  }

  @Test
  void aSandboxOfTheSameNameWhoseDirectoryWasDeletedByHandIsReplaced() {
    Deletion.of(sandbox(repository).request.directory());

    LocalSandbox again = sandbox(repository);

    assertThat(again.git("status", "--porcelain")).isEmpty();
    again.remove();
    test.assertNothingLeft(repository);
  }

  @Test
  void aBranchNamedDispenseIsInTheWay() {
    test.git(repository, "branch", "dispense");

    assertThatThrownBy(() -> sandbox(repository)).hasMessageContaining("refs/heads/dispense");
    assertThat(test.git(repository, "worktree", "list").lines()).hasSize(1);
  }

  @Test
  void theWorkOfAnEarlierSandboxOfTheNameIsKept() {
    LocalSandbox earlier = sandbox(repository);
    earlier.commit("new", "new\n");
    String work = earlier.changes().snapshot().value();
    earlier.changes().fetchInto(repository);
    earlier.remove();

    LocalSandbox sandbox = sandbox(repository);

    assertThat(sandbox.notices).singleElement().asString().contains("refs/dispense/fix/kept/");
    assertThat(test.git(repository, "for-each-ref", "--format=%(refname)", "refs/dispense").lines())
        .containsExactly(
            "refs/dispense/fix/kept/" + work.substring(0, 10) + "-head",
            "refs/dispense/fix/kept/" + work.substring(0, 10) + "-work");
  }

  @Test
  void aCheckoutWhoseFilesCannotBeWrittenIsRemovedAndLosesNoEarlierWork() {
    LocalSandbox earlier = sandbox(repository);
    earlier.commit("new", "new\n");
    earlier.changes().fetchInto(repository);
    earlier.remove();
    String work = test.git(repository, "rev-parse", "refs/dispense/fix/work");
    TestHost.write(repository.resolve(".gitattributes"), "README filter=broken\n");
    test.git(repository, "add", "-A");
    test.git(repository, "commit", "-qm", "Filter");
    test.git(repository, "config", "filter.broken.smudge", "false");
    test.git(repository, "config", "filter.broken.required", "true");

    assertThatThrownBy(() -> sandbox(repository)).hasMessageContaining("check out");

    assertThat(test.git(repository, "for-each-ref", "--format=%(objectname)", "refs/dispense"))
        .contains(work);
    assertThat(test.state().resolve("sandboxes/fix")).doesNotExist();
    test.assertNothingLeft(repository);
  }

  @Test
  void aDirectoryThatDoesNotExistIsNotFound() {
    assertThatThrownBy(() -> sandbox(test.root().resolve("nowhere")))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void anUploadNeedsNothingOfTheHost() throws IOException {
    test.git(repository, "tag", "v1");
    LocalSandbox sandbox =
        LocalSandbox.of(test, "fix", Source.directory(repository), Delivery.UPLOAD, test.host());
    assertThat(test.git(repository, "worktree", "list").lines()).hasSize(1);
    Path moved = test.root().resolve("moved");
    Files.move(repository, moved);

    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("branch", "--show-current")).isEqualTo("dispense/fix");
    assertThat(sandbox.git("diff", "v1", "main")).isEmpty();
    sandbox.git("fsck", "--strict");
    sandbox.commit("new", "new\n");

    Files.move(moved, repository);
    assertThat(sandbox.changes().commits()).hasSize(1);
    sandbox.changes().fetchInto(repository, "result");
    assertThat(test.git(repository, "show", "result:new")).isEqualTo("new");
    sandbox.remove();
    test.assertNothingLeft(repository);
  }
}
