package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxState;
import dev.dispense.testkit.UnisolatedProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the state directory is full or read-only. Needs root, to mount one. */
class StateDiskIT {
  @TempDir Path root;
  private CrashScene scene;
  private boolean mounted;

  @BeforeEach
  void mount() throws IOException {
    scene = new CrashScene(root, UnisolatedProvider.ID, "disk").build();
    Files.createDirectories(scene.state());
    CommandLine.Outcome outcome =
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", scene.state().toString());
    mounted = outcome.exitCode() == 0;
    if (!mounted) {
      String reason = "A disk cannot be mounted here: " + outcome.stderr();
      assertThat(System.getenv("CI")).as(reason).isNotEqualTo("true");
      Assumptions.abort(reason);
    }
  }

  @AfterEach
  void unmount() {
    if (mounted) {
      run("umount", "--lazy", scene.state().toString()).succeeds();
    }
  }

  private CommandLine.Outcome run(String... argv) {
    return new CommandLine(root, Map.of()).run(List.of(argv));
  }

  private void remount(String how) {
    run("mount", "-o", "remount," + how, scene.state().toString()).succeeds();
  }

  private Path fill() throws IOException {
    Path filling = scene.state().resolve("filling");
    try (OutputStream out = Files.newOutputStream(filling)) {
      while (true) {
        out.write(new byte[512]);
      }
    } catch (IOException e) {
      return filling;
    }
  }

  private void create(Dispense dispense) {
    Sandbox sandbox = dispense.create(scene.spec(scene.ofRepository()));
    scene.work(sandbox);
  }

  private void checkCleanedUp() {
    try (Dispense dispense = scene.open()) {
      dispense.gc(false, Set.of(scene.repository()), it -> {});
    }
    scene.checkRepository();
    scene.checkNothingIsLeft();
  }

  @Test
  void aCreationOnAFullDiskFailsAndLeavesNothing() throws IOException {
    Path filling = fill();
    try (Dispense dispense = scene.open()) {
      assertThatThrownBy(() -> create(dispense))
          .isInstanceOf(DispenseException.class)
          .hasMessageContaining("No space left on device");
      scene.checkRepository();
      scene.checkNothingIsLeft();
    }
    Files.delete(filling);
  }

  @Test
  void workThatFindsNoRoomStaysInTheSandbox() throws IOException {
    try (Dispense dispense = scene.open()) {
      create(dispense);
      Path filling = fill();
      assertThatThrownBy(() -> dispense.sandbox("disk").delete())
          .isInstanceOf(DispenseException.class)
          .hasMessageContaining("No space left on device")
          .hasMessageContaining("Nothing was deleted");
      assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxState.RUNNING);

      Files.delete(filling);
      dispense.sandbox("disk").delete();
    }
    assertThat(scene.git("show", "refs/dispense/disk/work:left.txt")).isEqualTo("uncommitted\n");
    checkCleanedUp();
  }

  @Test
  void aReadOnlyStateDirectoryLosesNothing() {
    try (Dispense dispense = scene.open()) {
      create(dispense);
      remount("ro");
      assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxState.RUNNING);
      assertThatThrownBy(() -> dispense.sandbox("disk").delete())
          .isInstanceOf(DispenseException.class)
          .hasMessageContaining("Read-only file system");
      List<Object> found = new ArrayList<>();
      dispense.gc(false, Set.of(), found::add);
      assertThat(found).isEmpty();

      remount("rw");
      dispense.sandbox("disk").delete();
    }
    assertThat(scene.git("show", "refs/dispense/disk/work:left.txt")).isEqualTo("uncommitted\n");
    checkCleanedUp();
  }
}
