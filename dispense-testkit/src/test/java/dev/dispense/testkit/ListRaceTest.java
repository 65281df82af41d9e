package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox is made or deleted just when the provider has said what it has. */
class ListRaceTest {
  private static final String NAME = "just-ready";

  @TempDir Path root;
  private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
  private Dispense dispense;

  @BeforeEach
  void open() {
    dispense =
        WatchedProvider.open(
            root,
            call -> {
              if (Set.of("list", "find").contains(call)) {
                meanwhile.getAndSet(() -> {}).run();
              }
            });
  }

  @AfterEach
  void close() {
    dispense.close();
    try (Dispense other = WatchedProvider.open(root, call -> {})) {
      other.list().forEach(left -> delete());
      assertThat(other.list()).isEmpty();
    }
  }

  private void create() {
    try (Dispense other = WatchedProvider.open(root, call -> {})) {
      other.create(SandboxSpec.builder(NAME).build()).close();
    }
  }

  private void delete() {
    try (Dispense other = WatchedProvider.open(root, call -> {})) {
      other.sandbox(NAME).delete();
    }
  }

  private List<SandboxInfo.State> listedStates() {
    return dispense.list().stream().map(SandboxInfo::state).toList();
  }

  @Test
  void aSandboxThatIsReadyJustThenIsNotListedAsGone() {
    meanwhile.set(this::create);
    assertThat(listedStates()).containsExactly(SandboxInfo.State.RUNNING);
  }

  @Test
  void aSandboxThatIsReadyJustThenIsFoundWithItsMachine() {
    meanwhile.set(this::create);
    try (Sandbox sandbox = dispense.sandbox(NAME)) {
      assertThat(sandbox.info().state()).isEqualTo(SandboxInfo.State.RUNNING);
    }
  }

  @Test
  void aSandboxThatIsDeletedJustThenIsListedNoMore() {
    create();
    meanwhile.set(this::delete);
    assertThat(listedStates()).doesNotContain(SandboxInfo.State.GONE);
    assertThat(listedStates()).isEmpty();
  }
}
