package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  private static final SandboxName NAME = new SandboxName("fix-login");

  @TempDir Path root;

  private StateDirectory state() {
    return new StateDirectory(root.resolve("home"));
  }

  @Test
  void givesANameToOnlyOne() {
    state().claim(NAME, Map.of());
    assertThatThrownBy(() -> state().claim(NAME, Map.of()))
        .isInstanceOf(NameTakenException.class)
        .hasMessageContaining("'fix-login' is taken");
  }

  @Test
  void leavesNothingOfAClaimThatFailed() throws Exception {
    state().claim(NAME, Map.of());
    assertThatThrownBy(() -> state().claim(NAME, Map.of()));
    assertThat(root.resolve("home/sandboxes")).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void findsWhatADeadProcessLeftWhileItClaimedOrFreedAName() throws Exception {
    state().claim(NAME, Map.of());
    Path sandboxes = root.resolve("home/sandboxes");
    Path left = Files.createDirectory(sandboxes.resolve(".deleted.1-1.0a1b2c3d"));
    Files.createDirectory(sandboxes.resolve(ProcessId.temporaryName(".claim")));
    assertThat(state().leftBehind()).containsExactly(left);
    assertThat(new StateDirectory(root.resolve("nowhere")).leftBehind()).isEmpty();
  }

  @Test
  void passesOverAFileThatNobodyCanRead() throws Exception {
    Path directory = state().claim(NAME, Map.of("provider", "docker"));
    assertThat(state().file(NAME).isReadable()).isTrue();
    assertThat(state().hasContent(NAME)).isFalse();
    Files.writeString(directory.resolve("sandbox.properties"), "a=\\u00");
    Files.createDirectory(directory.resolve("worktree"));
    assertThat(state().file(NAME).isReadable()).isFalse();
    assertThat(state().hasContent(NAME)).isTrue();
  }

  @Test
  void letsNobodyElseRead() throws Exception {
    Path directory = state().claim(NAME, Map.of("key", "value"));
    for (Path path : new Path[] {directory, directory.getParent(), root.resolve("home")}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("sandbox.properties"))))
        .isEqualTo("rw-------");
  }

  @Test
  void closesADirectoryThatWasOpen() throws Exception {
    Path sandboxes = Files.createDirectories(root.resolve("home/sandboxes"));
    Files.setPosixFilePermissions(sandboxes, PosixFilePermissions.fromString("rwxrwxrwx"));
    state().claim(NAME, Map.of());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sandboxes)))
        .isEqualTo("rwx------");
  }

  @Test
  void readsWhatItWrote() {
    Map<String, String> values = Map.of("a=b", "line\nbreak", "empty", "", "ü", "日本 \\ #!:");
    state().claim(NAME, values);
    assertThat(state().read(NAME)).contains(values);
    assertThat(state().read(new SandboxName("other"))).isEmpty();
  }

  @Test
  void listsOnlyDirectoriesThatCanBeSandboxes() throws Exception {
    state().claim(NAME, Map.of());
    Files.createDirectory(root.resolve("home/sandboxes/Not A Name"));
    Files.createFile(root.resolve("home/sandboxes/file"));
    Files.createSymbolicLink(root.resolve("home/sandboxes/link"), root);
    assertThat(state().names()).containsExactly(NAME);
    assertThat(new StateDirectory(root.resolve("nowhere")).names()).isEmpty();
  }

  @Test
  void deletesWithoutFollowingLinks() throws Exception {
    Path directory = state().claim(NAME, Map.of());
    Path precious = Files.createFile(root.resolve("precious"));
    Files.createSymbolicLink(directory.resolve("link"), root);
    Path locked = Files.createDirectories(directory.resolve("a/b"));
    Files.createFile(locked.resolve("c"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
    state().delete(NAME);
    assertThat(directory).doesNotExist();
    assertThat(precious).exists();
    state().delete(NAME);
  }
}
