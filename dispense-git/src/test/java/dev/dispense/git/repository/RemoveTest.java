package dev.dispense.git.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Source;
import dev.dispense.git.TestHost;
import dev.dispense.spi.SourceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoveTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;

  @BeforeEach
  void makeRepository() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
  }

  private LocalSandbox sandbox(String name) {
    return LocalSandbox.of(test, name, Source.directory(repository));
  }

  @Test
  void worktreeAndBranchGo() {
    LocalSandbox sandbox = sandbox("fix");
    LocalSandbox other = sandbox("fix-2");

    sandbox.remove();
    sandbox.provider.remove(sandbox.view());

    assertThat(test.git(repository, "worktree", "list")).contains("[dispense/fix-2]");
    assertThat(test.git(repository, "branch", "--list", "dispense/*")).contains("dispense/fix-2");
    other.remove();
    test.assertNothingLeft(repository);
  }

  @Test
  void aCheckoutThatWasCutOffGoesWithoutItsLabels() {
    LocalSandbox sandbox = sandbox("fix");
    SourceProvider.Workspace view = sandbox.view();

    sandbox.provider.remove(
        new SourceProvider.Workspace(
            view.name(), view.source(), view.directory(), view.layout(), Map.of(), view.host()));

    assertThat(test.git(repository, "worktree", "list").lines()).hasSize(1);
    assertThat(test.git(repository, "branch", "--list", "dispense/*")).isEmpty();
    sandbox.remove();
    test.assertNothingLeft(repository);
  }

  @Test
  void nothingThatTheAgentLeftIsRun() throws IOException {
    LocalSandbox sandbox = sandbox("fix");
    Path evil = sandbox.workspace().resolve("evil");
    test.git(sandbox.workspace(), "clone", "-q", repository.toString(), evil.toString());
    test.git(evil, "config", "core.fsmonitor", "touch " + test.root() + "/ran; false");
    Files.writeString(sandbox.workspace().resolve(".git"), "gitdir: evil/.git\n");

    sandbox.remove();

    assertThat(test.root().resolve("ran")).doesNotExist();
    test.assertNothingLeft(repository);
  }

  @Test
  void linksAreNotFollowedAndModesAreNoObstacle() throws IOException {
    LocalSandbox sandbox = sandbox("fix");
    Path precious = test.directory("precious");
    TestHost.write(precious.resolve("file"), "precious\n");
    Files.createSymbolicLink(sandbox.workspace().resolve("link"), precious);
    sandbox.sh("mkdir -p a/b/c; echo x > a/b/c/x; chmod 000 a/b/c a/b a");

    sandbox.remove();

    assertThat(precious.resolve("file")).exists();
    assertThat(sandbox.request.directory()).doesNotExist();
    test.assertNothingLeft(repository);
  }

  @Test
  void otherStaleWorktreesOfTheUserStay() {
    Path unmounted = test.root().resolve("unmounted");
    test.git(repository, "worktree", "add", "-q", "-b", "side", unmounted.toString());
    LocalSandbox sandbox = sandbox("fix");
    Deletion.of(unmounted);

    sandbox.remove();

    assertThat(test.git(repository, "worktree", "list")).contains("unmounted");
  }

  @Test
  void aBranchThatSomebodyMovedStays() {
    LocalSandbox sandbox = sandbox("fix");
    String moved = test.git(repository, "commit-tree", "-m", "x", "-p", "HEAD", "HEAD^{tree}");
    test.git(repository, "update-ref", "refs/heads/dispense/fix", moved);

    sandbox.remove();

    assertThat(test.git(repository, "rev-parse", "dispense/fix")).isEqualTo(moved);
  }

  @Test
  void whatIsGoneAlreadyIsPassedOver() {
    LocalSandbox byHand = sandbox("by-hand");
    Deletion.of(byHand.request.directory());
    byHand.remove();
    LocalSandbox byGit = sandbox("by-git");
    byGit.unmount();
    test.git(repository, "worktree", "remove", "--force", byGit.workspace().toString());
    test.git(repository, "branch", "-D", "dispense/by-git");
    byGit.remove();
    test.assertNothingLeft(repository);

    LocalSandbox sandbox = sandbox("fix");
    Deletion.of(repository);
    sandbox.remove();
    assertThat(sandbox.request.directory()).doesNotExist();
  }

  @Test
  void aLockedWorktreeGoesToo() {
    LocalSandbox sandbox = sandbox("fix");
    test.git(repository, "worktree", "lock", sandbox.workspace().toString());

    sandbox.remove();

    test.assertNothingLeft(repository);
  }

  @Test
  void tenAtOnceWork() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(10);
    try {
      List<Callable<LocalSandbox>> creations = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        String name = "fix-" + i;
        creations.add(() -> sandbox(name));
      }
      List<Callable<Void>> rest = new ArrayList<>();
      for (Future<LocalSandbox> created : threads.invokeAll(creations)) {
        LocalSandbox sandbox = created.get();
        sandbox.commit("new", sandbox.request.name() + "\n");
        rest.add(
            () -> {
              sandbox.changes().fetchInto(repository, "result-" + sandbox.request.name());
              sandbox.remove();
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(rest)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(test.git(repository, "branch", "--list", "result-*").lines()).hasSize(10);
    test.assertNothingLeft(repository);
  }
}
