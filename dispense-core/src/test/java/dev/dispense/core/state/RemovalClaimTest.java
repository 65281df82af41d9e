package dev.dispense.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.SandboxName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalClaimTest {
  private static final SandboxName NAME = new SandboxName("fix-login");

  @TempDir Path root;

  private StateDirectory state() {
    return new StateDirectory(root.resolve("home"));
  }

  @Test
  void thereIsNothingToClaimWhereNoDirectoryHasTheName() {
    assertThat(RemovalClaim.take(state(), NAME)).isEmpty();
  }

  @Test
  void aClaimThatADeadProcessLeftIsTakenOver() throws Exception {
    Path directory = state().claim(NAME, Map.of());
    Path removing = Files.createDirectory(directory.resolve("removing"));
    Files.createFile(removing.resolve("by.1-1.0a1b2c3d"));

    try (RemovalClaim claim = RemovalClaim.take(state(), NAME).orElseThrow()) {
      assertThat(claim.isHeld()).isTrue();
      assertThat(removing).isDirectoryNotContaining("glob:**.0a1b2c3d");
    }
    assertThat(removing).isEmptyDirectory();
    assertThat(state().hasContent(NAME)).isFalse();
    assertThat(directory.getParent()).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void oneWaitsUntilTheOtherGivesItUp() throws Exception {
    state().claim(NAME, Map.of());
    FutureTask<Optional<RemovalClaim>> second =
        new FutureTask<>(() -> RemovalClaim.take(state(), NAME));
    try (RemovalClaim first = RemovalClaim.take(state(), NAME).orElseThrow()) {
      Thread thread = new Thread(second);
      thread.start();
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      assertThat(second).isNotDone();
      assertThat(first.isHeld()).isTrue();
    }
    try (RemovalClaim claim = second.get().orElseThrow()) {
      assertThat(claim.isHeld()).isTrue();
    }
  }

  @Test
  void itGoesWithTheSandboxAndIsNotOneOfTheNext() {
    state().claim(NAME, Map.of());
    try (RemovalClaim claim = RemovalClaim.take(state(), NAME).orElseThrow()) {
      state().delete(NAME);
      state().claim(NAME, Map.of());
      assertThat(claim.isHeld()).isFalse();
    }
    assertThat(state().of(NAME).resolve("removing")).doesNotExist();
  }
}
