package dev.dispense.git.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Risk;
import dev.dispense.Source;
import dev.dispense.git.TestHost;
import dev.dispense.git.delivery.SavedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplyTest {
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

  private Changes work() {
    sandbox.sh(
        "echo changed > README; git mv src/App.java src/Äpp.java; mkdir -p bin;"
            + " printf '\\000\\001' > bin/data; printf '#!/bin/sh\\n' > bin/run; chmod 755 bin/run;"
            + " ln -s run bin/link");
    return sandbox.changes();
  }

  @Test
  void theFilesChangeAndNothingElse() {
    byte[] index = read(repository.resolve(".git/index"));

    work().applyTo(repository);

    assertThat(repository.resolve("README")).hasContent("changed\n");
    assertThat(repository.resolve("src/App.java")).doesNotExist();
    assertThat(repository.resolve("src/Äpp.java")).exists();
    assertThat(repository.resolve("bin/data")).hasBinaryContent(new byte[] {0, 1});
    assertThat(repository.resolve("bin/run")).isExecutable();
    assertThat(repository.resolve("bin/link")).isSymbolicLink();
    assertThat(repository.resolve(".git/index")).hasBinaryContent(index);
  }

  @Test
  void fromASubdirectoryItAppliesToTheWholeWorktree() {
    work().applyTo(repository.resolve("src"));

    assertThat(repository.resolve("README")).hasContent("changed\n");
  }

  @Test
  void changesOfTheUserElsewhereStay() {
    TestHost.write(repository.resolve("mine"), "mine\n");

    work().applyTo(repository);

    assertThat(repository.resolve("mine")).hasContent("mine\n");
  }

  @Test
  void whenAnyOfItDoesNotApplyNothingChanges() {
    TestHost.write(repository.resolve("README"), "mine\n");
    Map<String, String> before = TestHost.untouchable(repository);

    assertThatThrownBy(() -> work().applyTo(repository))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("README");

    assertThat(TestHost.untouchable(repository)).isEqualTo(before);
  }

  @Test
  void nothingIsWrittenThroughALink() throws IOException {
    Path outside = test.directory("outside");
    Files.createSymbolicLink(repository.resolve("bin"), outside);

    assertThatThrownBy(() -> work().applyTo(repository)).isInstanceOf(RefusedException.class);

    assertThat(outside).isEmptyDirectory();
    assertThat(repository.resolve("README")).hasContent("read me\n");
  }

  @Test
  void aLinkThatTheWorkMakesIsNotFollowedEither() {
    sandbox.commit("README", "first\n");
    sandbox.sh("ln -s '" + test.directory("outside") + "' out");
    sandbox.git("add", "-A");
    Path tree = sandbox.workspace();
    assertThat(tree.resolve("out")).isSymbolicLink();

    sandbox.changes().applyTo(repository, Set.of(Risk.Kind.ESCAPE));

    assertThat(repository.resolve("out")).isSymbolicLink();
    assertThat(test.root().resolve("outside")).isEmptyDirectory();
  }

  private static List<Risk.Kind> kindsToAllow(Throwable failure) {
    return ((DispenseException.Hint.AllowRisks) ((DispenseException) failure).hint().orElseThrow())
        .kinds();
  }

  @Test
  void whatRunsByItselfStopsItUnlessItIsAllowed() {
    sandbox.sh("echo 'touch /tmp/x' > .envrc; echo all: > Makefile; echo x > README");
    Changes changes = sandbox.changes();
    Map<String, String> before = TestHost.untouchable(repository);

    assertThatThrownBy(() -> changes.applyTo(repository))
        .isInstanceOf(RefusedException.class)
        .hasMessageContainingAll("  .envrc (autorun): ", "  Makefile (build): ")
        .extracting(ApplyTest::kindsToAllow)
        .isEqualTo(List.of(Risk.Kind.AUTORUN, Risk.Kind.BUILD));
    assertThatThrownBy(() -> changes.applyTo(repository, Set.of(Risk.Kind.BUILD)))
        .isInstanceOf(RefusedException.class)
        .extracting(ApplyTest::kindsToAllow)
        .isEqualTo(List.of(Risk.Kind.AUTORUN));
    assertThat(TestHost.untouchable(repository)).isEqualTo(before);

    changes.applyTo(repository, Set.of(Risk.Kind.BUILD, Risk.Kind.AUTORUN));

    assertThat(repository.resolve(".envrc")).exists();
    assertThat(repository.resolve("README")).hasContent("x\n");
  }

  @Test
  void aFailureHalfWayIsTakenBack() throws IOException {
    TestHost.write(repository.resolve("zdir/file"), "z\n");
    test.git(repository, "add", "-A");
    test.git(repository, "commit", "-qm", "z");
    Map<String, String> before = TestHost.untouchable(repository);
    SavedFiles saved = new SavedFiles(repository, test.root().resolve("saved"));

    saved.save(Set.of("README", "new/deep/file", "zdir/file"));
    TestHost.write(repository.resolve("README"), "other\n");
    TestHost.write(repository.resolve("new/deep/file"), "new\n");
    Deletion.of(repository.resolve("zdir"));
    RuntimeException failure = new RuntimeException();
    saved.restore(failure);

    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(TestHost.untouchable(repository)).isEqualTo(before);
    assertThat(repository.resolve("new")).doesNotExist();
  }

  @Test
  void aFileInThePlaceOfADirectoryIsTakenBackAndTheOtherWayRound() throws IOException {
    TestHost.write(repository.resolve("dir/deep/file"), "x\n");
    TestHost.write(repository.resolve("file"), "y\n");
    Map<String, String> before = TestHost.untouchable(repository);
    SavedFiles saved = new SavedFiles(repository, test.root().resolve("saved"));

    saved.save(Set.of("dir", "dir/deep/file", "file", "file/deep/new"));
    Deletion.of(repository.resolve("dir"));
    TestHost.write(repository.resolve("dir"), "now a file\n");
    Files.delete(repository.resolve("file"));
    TestHost.write(repository.resolve("file/deep/new"), "now a directory\n");
    RuntimeException failure = new RuntimeException();
    saved.restore(failure);

    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(TestHost.untouchable(repository)).isEqualTo(before);
  }

  @Test
  void submodulesAreNotApplied() {
    Path inner = test.repository("library");
    sandbox.sh(
        "git -c protocol.file.allow=always submodule --quiet add '"
            + inner
            + "' lib;"
            + " git commit -qm Submodule");

    Changes changes = sandbox.changes();
    assertThatThrownBy(() -> changes.applyTo(repository))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("  lib (submodule): ");
    assertThatThrownBy(() -> changes.applyTo(repository, Set.of(Risk.Kind.SUBMODULE)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("submodules: lib");
  }

  @Test
  void aDirectoryThatDoesNotExistIsNotFound() {
    assertThatThrownBy(() -> work().applyTo(test.root().resolve("nowhere")))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void anExportHasAllFiles() throws IOException {
    Path target = test.root().resolve("export");

    Changes changes = work();
    changes.exportTo(target);

    assertThat(target.resolve("README")).hasContent("changed\n");
    assertThat(target.resolve("src/Äpp.java")).hasContent("class App {}\n");
    assertThat(target.resolve("bin/run")).isExecutable();
    assertThat(target.resolve("bin/link")).isSymbolicLink();
    assertThat(target.resolve("pax_global_header")).doesNotExist();
    assertThatThrownBy(() -> changes.exportTo(target))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("not empty");
  }

  @Test
  void aLinkThatLeavesTheExportIsRefused() {
    sandbox.sh("ln -s /etc/passwd link");
    Path target = test.root().resolve("export");

    assertThatThrownBy(() -> sandbox.changes().exportTo(target))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("link");
    assertThat(target).doesNotExist();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
