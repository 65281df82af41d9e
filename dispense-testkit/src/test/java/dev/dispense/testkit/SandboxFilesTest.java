package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxFiles;
import dev.dispense.SandboxSpec;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxFilesTest {
  @TempDir Path root;
  private Dispense dispense;
  private Sandbox sandbox;
  private SandboxFiles files;

  @BeforeEach
  void open() {
    dispense = WatchedProvider.builder(root, call -> {}).build();
    sandbox = dispense.create(SandboxSpec.builder("files").build());
    files = sandbox.files();
  }

  @AfterEach
  void close() {
    sandbox.forceDelete();
    dispense.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plain", "-dash", "deep/er/file", "with space", "q'uo\"te", "$(touch x)", "ü\n."})
  void whatIsWrittenIsReadAndListedAndDeleted(String path) {
    byte[] content = new byte[100_000];
    new Random(7).nextBytes(content);
    files.write(path, content);

    assertThat(files.read(path)).isEqualTo(content);
    assertThat(files.read(sandbox.workspace() + "/" + path)).isEqualTo(content);
    assertThat(files.exists(path)).isTrue();
    assertThat(files.list(sandbox.workspace()))
        .containsExactly(path.contains("/") ? path.replaceAll("/.*", "/") : path);
    files.delete(path);
    assertThat(files.exists(path)).isFalse();
    files.delete(path);
  }

  @Test
  void textIsUtf8AndMayBeEmpty() {
    files.writeText("text", "Grüße, 漢字\n");
    assertThat(files.readText("text")).isEqualTo("Grüße, 漢字\n");
    files.writeText("text", "");
    assertThat(files.readText("text")).isEmpty();
  }

  @Test
  void aFileThatIsThereKeepsItsPermissions() {
    files.writeText("run.sh", "echo one\n");
    sandbox.exec(Command.of("chmod", "755", "run.sh"));
    files.writeText("run.sh", "#!/bin/sh\necho two\n");
    assertThat(sandbox.exec(Command.of("./run.sh")).stdout()).isEqualTo("two\n");
  }

  @Test
  void namesAreListedWithTheirKinds() {
    sandbox.exec(Command.of("sh", "-c", "mkdir d e .f; : >a; : >.b; ln -s nowhere l; ln -s d m"));
    assertThat(files.list(".")).containsExactly(".b", ".f/", "a", "d/", "e/", "l", "m");
    assertThat(files.list("e")).isEmpty();
    assertThat(files.exists("l")).isTrue();
  }

  @Test
  void whatIsNotThereIsReported() {
    assertThatThrownBy(() -> files.read("gone"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("read gone in the sandbox 'files'");
    assertThatThrownBy(() -> files.list("gone")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void whatIsOfAnotherKindIsRefused() {
    sandbox.exec(Command.of("sh", "-c", "mkdir d; mkfifo p; : >f"));
    for (String path : new String[] {"d", "p"}) {
      assertThatThrownBy(() -> files.read(path)).isInstanceOf(RefusedException.class);
      assertThatThrownBy(() -> files.writeText(path, "x")).isInstanceOf(RefusedException.class);
    }
    assertThatThrownBy(() -> files.list("f")).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> files.writeText("f/below", "x"))
        .isExactlyInstanceOf(DispenseException.class);
  }

  @Test
  void theWorkspaceIsNotDeletedByMistake() {
    files.writeText("work", "x");
    for (String path : new String[] {".", "..", "d/..", "/", sandbox.workspace()}) {
      assertThatThrownBy(() -> files.delete(path))
          .as(path)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("the workspace");
    }
    assertThat(files.exists("work")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\0b"})
  void whatIsNoPathIsRefused(String path) {
    assertThatThrownBy(() -> files.read(path)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLinkThatIsDeletedTakesNothingAlong() {
    files.writeText("d/kept", "x");
    sandbox.exec(Command.of("ln", "-s", "d", "l"));
    files.delete("l");
    assertThat(files.readText("d/kept")).isEqualTo("x");
  }
}
