package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the state directory is full or read-only. Needs root, to mount one. */
@RequiresProgram({"mount", "umount"})
class StateDiskIT {
  @TempDir Path root;
  private CrashScene scene;
  private @Nullable SmallDisk disk;

  @BeforeEach
  void mount() throws IOException {
    scene = new CrashScene(root, UnisolatedProvider.ID, "disk").build();
    disk = SmallDisk.at(scene.state());
  }

  @AfterEach
  void unmount() {
    if (disk != null) {
      disk.close();
    }
  }

  private SmallDisk disk() {
    return Objects.requireNonNull(disk);
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
    Path filling = disk().fill();
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
      Path filling = disk().fill();
      assertThatThrownBy(() -> dispense.sandbox("disk").delete())
          .isInstanceOf(DispenseException.class)
          .hasMessageContaining("No space left on device")
          .hasMessageContaining("Nothing was deleted");
      assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.RUNNING);

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
      disk().remount("ro");
      assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.RUNNING);
      assertThatThrownBy(() -> dispense.sandbox("disk").delete())
          .isInstanceOf(DispenseException.class)
          .hasMessageContaining("Read-only file system");
      List<Object> found = new ArrayList<>();
      dispense.gc(false, Set.of(), found::add);
      assertThat(found).isEmpty();

      disk().remount("rw");
      dispense.sandbox("disk").delete();
    }
    assertThat(scene.git("show", "refs/dispense/disk/work:left.txt")).isEqualTo("uncommitted\n");
    checkCleanedUp();
  }
}
