package dev.dispense.git.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Changes.FileChange;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Source;
import dev.dispense.git.TestHost;
import dev.dispense.git.repository.LocalSandbox;
import dev.dispense.spi.SourceProvider.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CopyCheckoutTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    test = TestHost.in(temporary);
    directory = test.directory("plain");
    TestHost.write(directory.resolve("file"), "file\n");
    TestHost.write(directory.resolve("deep/.hidden"), "hidden\n");
    TestHost.write(directory.resolve("out.log"), "log\n");
    TestHost.write(directory.resolve(".gitignore"), "*.log\n");
  }

  private LocalSandbox sandbox(Source source, Delivery delivery) {
    return LocalSandbox.of(test, "fix", source, delivery, test.host());
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void namesThatAreNotUtf8AreCopiedAsTheyAre(Delivery delivery) {
    test.run(
        directory,
        Map.of(),
        "sh",
        "-ec",
        "mkdir \"$(printf 'd\\351')\"; echo x > \"$(printf 'd\\351/\\377\\376')\";"
            + " ln -s \"$(printf '\\377')\" \"$(printf 'l\\344')\"");

    LocalSandbox sandbox = sandbox(Source.directory(directory), delivery);

    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("ls-files")).contains("\"d\\351/\\377\\376\"", "\"l\\344\"");
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void aDirectoryWithoutGitIsCopied(Delivery delivery) throws IOException {
    Files.createSymbolicLink(directory.resolve("link"), Path.of("deep/.hidden"));
    Files.setPosixFilePermissions(
        directory.resolve("file"), PosixFilePermissions.fromString("rwxr-x--x"));

    LocalSandbox sandbox = sandbox(Source.directory(directory), delivery);

    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("branch", "--show-current")).isEqualTo("dispense/fix");
    assertThat(sandbox.git("log", "--format=%s")).isEqualTo("Copied from " + directory);
    assertThat(sandbox.git("ls-files")).isEqualTo(".gitignore\ndeep/.hidden\nfile\nlink");
    assertThat(sandbox.workspace().resolve("out.log")).hasContent("log\n");
    assertThat(sandbox.workspace().resolve("link")).isSymbolicLink();
    assertThat(Files.getPosixFilePermissions(sandbox.workspace().resolve("file")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-x--x"));
    assertThat(sandbox.notices).isEmpty();
    sandbox.git("fsck", "--strict");
    assertThat(sandbox.changes().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void theWorkComesBackAsFromARepository(Delivery delivery) {
    LocalSandbox sandbox = sandbox(Source.directory(directory), delivery);
    sandbox.commit("new", "new\n");
    TestHost.write(sandbox.workspace().resolve("file"), "changed\n");

    Changes changes = sandbox.changes();
    changes.applyTo(directory);

    assertThat(changes.commits()).hasSize(1);
    assertThat(changes.files()).extracting(FileChange::path).containsExactly("file", "new");
    assertThat(directory.resolve("new")).hasContent("new\n");
    assertThat(directory.resolve("file")).hasContent("changed\n");
    assertThat(directory.resolve(".git")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void anEmptySourceHasNoFiles(Delivery delivery) {
    LocalSandbox sandbox = sandbox(Source.empty(), delivery);

    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("ls-files")).isEmpty();
    sandbox.commit("first", "first\n");
    assertThat(sandbox.changes().files()).extracting(FileChange::path).containsExactly("first");
    sandbox.changes().exportTo(test.root().resolve("export"));
    assertThat(test.root().resolve("export/first")).hasContent("first\n");
  }

  @Test
  void aRepositoryWithoutACommitIsCopied() {
    Path unborn = test.emptyRepository("unborn");
    TestHost.write(unborn.resolve("file"), "file\n");

    LocalSandbox sandbox = sandbox(Source.directory(unborn), Delivery.MOUNT);

    assertThat(sandbox.notices).singleElement().asString().contains("no commit yet");
    assertThat(sandbox.checkout.labels()).doesNotContainKey("repository");
    assertThat(sandbox.git("ls-files")).isEqualTo("file");
  }

  @Test
  void gitDirectoriesSocketsAndOurOwnStateAreLeftOut() throws Exception {
    test.run(directory, Map.of(), "mkfifo", "pipe");
    test.git(test.directory("plain/inner"), "init", "-q");
    TestHost.write(directory.resolve("inner/file"), "inner\n");
    Path state = test.root().resolve("state");
    Files.createDirectories(state.resolve("sandboxes/other"));

    LocalSandbox sandbox = sandbox(Source.directory(test.root()), Delivery.MOUNT);

    assertThat(sandbox.workspace().resolve("plain/inner/file")).exists();
    assertThat(sandbox.workspace().resolve("plain/inner/.git")).doesNotExist();
    assertThat(sandbox.workspace().resolve("plain/pipe")).doesNotExist();
    assertThat(sandbox.workspace().resolve("state")).doesNotExist();
    assertThat(sandbox.notices)
        .anyMatch(notice -> notice.contains("plain/inner"))
        .anyMatch(notice -> notice.contains("plain/pipe"));
  }

  @Test
  void attributesOfTheDirectoryRunNothing() {
    test.git(test.home(), "config", "--global", "filter.f.clean", "touch " + test.root() + "/ran");
    TestHost.write(directory.resolve(".gitattributes"), "* filter=f\n");

    sandbox(Source.directory(directory), Delivery.MOUNT);

    assertThat(test.root().resolve("ran")).doesNotExist();
  }

  @Test
  void aBaseNeedsARepository() {
    assertThatThrownBy(() -> sandbox(Source.directory(directory).withBase("main"), Delivery.MOUNT))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("not in a git repository");
  }

  @Test
  void aBareRepositoryWithoutACommitIsRefused() {
    Path bare = test.directory("bare.git");
    test.git(bare, "init", "-q", "--bare");

    assertThatThrownBy(() -> sandbox(Source.directory(bare), Delivery.MOUNT))
        .isInstanceOf(RefusedException.class);
    assertThat(test.state().resolve("sandboxes/fix")).isEmptyDirectory();
  }

  @Test
  void keepingWritesABundleOfAllAndAPatchOnce() throws IOException {
    LocalSandbox sandbox = sandbox(Source.directory(directory), Delivery.MOUNT);
    sandbox.commit("new", "new\n");
    Changes changes = sandbox.changes();

    assertThat(changes.keep())
        .hasValueSatisfying(words -> assertThat(words).contains("kept/fix-2026"));
    assertThat(changes.keep()).isEmpty();
    sandbox.remove();

    Path kept = test.state().resolve("kept/fix-20261123-100000");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(kept)) {
      assertThat(files).hasSize(2);
    }
    String id = changes.snapshot().abbreviated();
    test.git(
        test.root(), "clone", "-q", "--bare", kept.resolve(id + ".bundle").toString(), "again");
    assertThat(TestHost.read(kept.resolve(id + ".patch"))).contains("+++ b/new");
    test.git(directory, "apply", "--check", kept.resolve(id + ".patch").toString());
  }
}
