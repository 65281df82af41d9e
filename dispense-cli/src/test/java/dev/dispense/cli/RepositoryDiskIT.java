package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the user's repository is full, and that of the state directory is not, or both. */
@RequiresDocker
@RequiresProgram({"mount", "umount"})
class RepositoryDiskIT {
  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir private Path root;

  @Test
  void aRepositoryOnAFullDiskIsLeftAsItWasAndTheWorkStays() throws IOException {
    try (SmallDisk disk = SmallDisk.at(root.resolve("repository"))) {
      CommandLine user = CommandLine.inRepository(root);
      Path filling = disk.fill();
      refused(user.dispense("new", "--name", name), "Tried to");
      isAsBefore(user);

      Files.delete(filling);
      user.dispense("new", "--name", name).succeeds();
      user.dispense("exec", name, "--", "sh", "-c", "head -c 200000 /dev/urandom >work").succeeds();
      filling = disk.fill();
      for (String command : List.of("fetch @", "apply @", "merge @", "delete --force @")) {
        refused(user.dispense(command.replace("@", name).split(" ")), "Tried to");
      }
      assertThat(user.git("status", "--porcelain").succeeds().stdout()).isEqualTo("?? .filling\n");

      Files.delete(filling);
      assertThat(user.dispense("delete", "--force", name).succeeds().stdout()).contains("kept");
      user.git("fsck", "--strict").succeeds();
      isAsBefore(user);
    }
  }

  private void isAsBefore(CommandLine user) {
    assertThat(root.resolve("state/sandboxes").resolve(name)).doesNotExist();
    assertThat(user.git("worktree", "list").stdout().lines()).hasSize(1);
    assertThat(user.git("branch", "--list", "dispense/*").stdout()).isEmpty();
    List<String> containers = List.of("docker", "ps", "-aq", "--filter", "name=dispense-" + name);
    assertThat(user.run(containers).stdout()).isEmpty();
  }

  private static void refused(CommandLine.Outcome outcome, String message) {
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.stdout()).isEmpty();
    assertThat(outcome.stderr())
        .contains("dispense: " + message)
        .containsAnyOf("No space left on device", "See whether the disk is full")
        .doesNotContain("\tat ", "Exception");
  }
}
