package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Dispense;
import dev.dispense.NameTakenException;
import dev.dispense.Progress;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.git.repository.LocalSandbox;
import dev.dispense.spi.SourceProvider;
import dev.dispense.support.FileTree;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worktree of which only git's entry is left, as when its files were deleted by hand. */
class SweepTest {
  @TempDir Path temporary;
  private final List<Dispense.Orphan> left = new ArrayList<>();
  private TestHost test;
  private Path repository;

  @BeforeEach
  void makeRepository() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
  }

  @Test
  void isRemovedWhileItsNameIsHeld() throws IOException {
    LocalSandbox sandbox = sandbox();
    FileTree.delete(sandbox.request.directory());
    List<Path> held = new ArrayList<>();

    sandbox.provider.cleanUpOrphans(
        sweep(
            (directory, action) -> {
              assertThat(test.git(repository, "worktree", "list").lines()).hasSize(2);
              held.add(directory);
              action.run();
              return true;
            }));

    assertThat(held).containsExactly(sandbox.request.directory());
    assertThat(left)
        .extracting(Dispense.Orphan::kind)
        .containsExactly(Dispense.Orphan.Kind.WORKTREE);
    assertThat(left)
        .extracting(Dispense.Orphan::outcome)
        .containsExactly(Dispense.Orphan.Outcome.REMOVED);
    test.assertNothingLeft(repository);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "stäte 😀", "two\nlines", "worktree \"x\"\n\nbranch y"})
  void isFoundWhereverItWas(String place) throws IOException {
    test = TestHost.in(Files.createDirectory(temporary.resolve(place)));
    repository = test.repository("project");
    LocalSandbox sandbox = sandbox();
    FileTree.delete(sandbox.request.directory());

    sandbox.provider.cleanUpOrphans(
        sweep(
            (directory, action) -> {
              action.run();
              return true;
            }));

    assertThat(left)
        .extracting(Dispense.Orphan::outcome)
        .containsExactly(Dispense.Orphan.Outcome.REMOVED);
    test.assertNothingLeft(repository);
  }

  @Test
  void isLeftAloneWhenASandboxOfItsNameIsMadeMeanwhile() throws IOException {
    LocalSandbox sandbox = sandbox();
    FileTree.delete(sandbox.request.directory());
    List<LocalSandbox> made = new ArrayList<>();

    sandbox.provider.cleanUpOrphans(
        sweep(
            (directory, action) -> {
              made.add(sandbox());
              return false;
            }));

    assertThat(left).isEmpty();
    assertThat(test.git(repository, "worktree", "list")).contains("[dispense/fix]");
    made.forEach(LocalSandbox::remove);
    test.assertNothingLeft(repository);
  }

  /** Whichever of the two is looked through first, the other is gone by then. */
  @Test
  void aRepositoryThatIsRemovedMeanwhileKeepsNoOtherFromBeingLookedThrough() throws IOException {
    Path other = test.repository("other");
    LocalSandbox one = sandbox();
    LocalSandbox two = LocalSandbox.of(test, "other", Source.directory(other));
    FileTree.delete(one.request.directory());
    FileTree.delete(two.request.directory());

    one.provider.cleanUpOrphans(
        sweep(
            Set.of(repository, other),
            (directory, action) -> {
              delete(directory.equals(one.request.directory()) ? other : repository);
              action.run();
              return true;
            }));

    assertThat(left)
        .extracting(Dispense.Orphan::outcome)
        .containsExactly(Dispense.Orphan.Outcome.REMOVED);
  }

  private static void delete(Path directory) {
    try {
      FileTree.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nobodyGetsANameThatIsHeldAndNobodyHoldsOneThatIsTaken() {
    List<Path> directories = new ArrayList<>();
    Dispense other = open(sweep -> {});
    Consumer<SourceProvider.Sweep> look =
        sweep -> {
          Path free = test.state().resolve("sandboxes/free");
          assertThat(
                  sweep
                      .names()
                      .whileFree(
                          free,
                          () -> {
                            directories.add(free);
                            assertThatThrownBy(() -> create(other, "free"))
                                .isInstanceOf(NameTakenException.class);
                          }))
              .isTrue();
          Path taken = test.state().resolve("sandboxes/taken");
          assertThat(sweep.names().whileFree(taken, () -> directories.add(taken))).isFalse();
        };
    try (other;
        Dispense dispense = open(look)) {
      Sandbox taken = create(dispense, "taken");
      dispense.gc(false, Set.of(), left::add);

      assertThat(directories).containsExactly(test.state().resolve("sandboxes/free"));
      assertThat(left).isEmpty();
      taken.forceDelete();
      create(dispense, "free").forceDelete();
    }
    assertThat(test.state().resolve("sandboxes")).isEmptyDirectory();
  }

  private LocalSandbox sandbox() {
    return LocalSandbox.of(test, "fix", Source.directory(repository));
  }

  private SourceProvider.Sweep sweep(SourceProvider.Names names) {
    return sweep(Set.of(repository), names);
  }

  private SourceProvider.Sweep sweep(Set<Path> places, SourceProvider.Names names) {
    return new SourceProvider.Sweep(
        places, Set.of(test.state().resolve("sandboxes")), false, test.host(), names, left::add);
  }

  private static Sandbox create(Dispense dispense, String name) {
    return dispense.create(SandboxSpec.builder(name).agent("scripted").build());
  }

  private Dispense open(Consumer<SourceProvider.Sweep> look) {
    return Dispense.builder()
        .withoutClassPath()
        .environment(test.host(Map.of("provider", UnisolatedProvider.ID)))
        .plugin(new UnisolatedProviderFactory(test.root().resolve("machines")))
        .plugin(ScriptedAgent.builder().build())
        .plugin(new Looking(look))
        .build();
  }

  /** A source that shows what it is given to look through. */
  private record Looking(Consumer<SourceProvider.Sweep> look) implements SourceProvider {
    private static final SourceProvider GIT = new GitSourceProvider();

    @Override
    public Set<String> ids() {
      return GIT.ids();
    }

    @Override
    public Checkout checkout(Request request, Progress.Listener progress) {
      return GIT.checkout(request, progress);
    }

    @Override
    public Changes changes(Workspace workspace, SandboxShell shell) {
      return GIT.changes(workspace, shell);
    }

    @Override
    public void remove(Workspace workspace) {
      GIT.remove(workspace);
    }

    @Override
    public void cleanUpOrphans(Sweep sweep) {
      look.accept(sweep);
    }
  }
}
