package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import dev.dispense.git.repository.LocalSandbox;
import dev.dispense.spi.SourceProvider.Checkout;
import dev.dispense.spi.SourceProvider.Request;
import dev.dispense.spi.SourceProvider.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;
  private LocalSandbox prepared;

  @BeforeEach
  void prepare() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
    prepared = LocalSandbox.of(test, "prepared", Source.directory(repository));
    // No agent is there yet, so the host's git sees its own pointer.
    prepared.unmount();
  }

  private Request request(Source source) {
    return new Request(
        new SandboxName("fix"),
        source,
        prepared.request.directory(),
        prepared.request.layout(),
        prepared.request.delivery(),
        test.host());
  }

  private Checkout adopt(Source source) {
    Checkout checkout =
        prepared.provider.claim(prepared.view(), request(source), Progress.Listener.NONE);
    checkout.completion().run();
    return checkout;
  }

  private Workspace view(Checkout checkout) {
    return new Workspace(
        new SandboxName("fix"),
        prepared.request.source(),
        prepared.request.directory(),
        prepared.request.layout(),
        checkout.labels(),
        test.host());
  }

  private void mountAgain() throws IOException {
    TestHost.write(
        prepared.workspace().resolve(".git"),
        TestHost.read(prepared.request.directory().resolve("gitfile"))
            .replaceFirst("gitdir: .*", "gitdir: " + prepared.gitDirectory()));
  }

  @Test
  void theCheckoutHasTheOtherNameInsideAndOutside() throws IOException {
    Checkout checkout = adopt(Source.directory(repository));
    mountAgain();

    assertThat(checkout.labels()).containsEntry("branch", "dispense/fix");
    assertThat(prepared.git("status", "--porcelain", "--branch")).isEqualTo("## dispense/fix");
    assertThat(test.git(repository, "worktree", "list")).contains("[dispense/fix]");
    assertThat(test.git(repository, "branch", "--list", "dispense/*"))
        .contains("fix")
        .doesNotContain("prepared");
  }

  @Test
  void theFilesAreThoseOfTheBaseThatIsAskedFor() throws IOException {
    TestHost.write(repository.resolve("README"), "newer\n");
    TestHost.write(repository.resolve("more"), "more\n");
    test.git(repository, "add", "-A");
    test.git(repository, "commit", "-qm", "Second");
    Checkout checkout = adopt(Source.directory(repository));
    mountAgain();

    assertThat(prepared.workspace().resolve("README")).hasContent("newer\n");
    assertThat(prepared.git("status", "--porcelain")).isEmpty();
    prepared.commit("work", "work\n");
    Changes changes = prepared.provider.changes(view(checkout), prepared::exec);
    assertThat(changes.commits()).map(Changes.Commit::subject).containsExactly("Change work");
  }

  @Test
  void removalUnderTheNewNameLeavesNothing() throws IOException {
    Checkout checkout = adopt(Source.directory(repository));

    prepared.provider.remove(view(checkout));

    test.assertNothingLeft(repository);
  }

  @Test
  void aBranchOfThatNameWithCommitsIsRefusedAndNothingChanges() {
    test.git(repository, "checkout", "-qb", "dispense/fix");
    test.git(repository, "commit", "-q", "--allow-empty", "-m", "Mine");
    test.git(repository, "checkout", "-q", "main");

    assertThatThrownBy(() -> adopt(Source.directory(repository)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("dispense/fix");
    assertThat(test.git(repository, "log", "-1", "--format=%s", "dispense/fix")).isEqualTo("Mine");
    assertThat(test.git(repository, "worktree", "list")).contains("[dispense/prepared]");
  }

  @Test
  void aCheckoutOfAnotherRepositoryIsRefused() throws IOException {
    Path other = test.repository("other");

    assertThatThrownBy(() -> adopt(Source.directory(other)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("another repository");
  }
}
