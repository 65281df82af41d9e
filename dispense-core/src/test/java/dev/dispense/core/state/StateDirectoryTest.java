package dev.dispense.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.NameTakenException;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.support.ProcessId;
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
  void closesADirectoryThatWasOpenBeforeItIsRead() throws Exception {
    state().claim(NAME, Map.of());
    Path home = root.resolve("home");
    for (Path path : new Path[] {home, home.resolve("sandboxes")}) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xrwx"));
      assertThat(state().names()).containsExactly(NAME);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void isNotMadeOpenByTheUmaskOrForAMoment() throws Exception {
    Path home = root.resolve("a/b/home");
    new StateDirectory(home).claim(NAME, Map.of());
    for (Path path : new Path[] {root.resolve("a"), root.resolve("a/b"), home}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void usesNoDirectoryOfAnotherUser() throws Exception {
    // Only root can give a directory away; for all others, there are enough that are root's.
    boolean isRoot = (Integer) Files.getAttribute(root, "unix:uid") == 0;
    Path home = isRoot ? Files.createDirectory(root.resolve("home")) : Path.of("/usr");
    if (isRoot) {
      Files.setAttribute(home, "unix:uid", 65534);
    }
    StateDirectory state = new StateDirectory(home);

    assertThatThrownBy(() -> state.claim(NAME, Map.of()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("belongs to the user")
        .hasMessageContaining("DISPENSE_HOME");
    assertThatThrownBy(state::names).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> state.read(NAME)).isInstanceOf(RefusedException.class);
    assertThat(state.of(NAME)).doesNotExist();
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

  @Test
  void tellsAPlaceThatIsAFileFromANameThatIsTaken() throws Exception {
    Path file = Files.createFile(root.resolve("file"));
    Path home = Files.createDirectory(root.resolve("home"));
    Files.createFile(home.resolve("sandboxes"));
    for (Path place : new Path[] {file, file.resolve("below"), home}) {
      assertThatThrownBy(() -> new StateDirectory(place).claim(NAME, Map.of()))
          .isNotInstanceOf(NameTakenException.class)
          .hasMessageContaining("DISPENSE_HOME")
          .hasMessageNotContaining("java.nio");
    }
  }
}
