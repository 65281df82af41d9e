package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Checkpoints;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.NameTakenException;
import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lets a deletion wait behind each of its steps, while another one deletes the same sandbox and a
 * new one gets its name.
 */
@Timeout(600)
abstract class RemovalRaces {
  private final String prefix = "race-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private int count;
  @TempDir Path root;

  abstract String provider();

  /** Returns those of the steps that are tried. */
  abstract List<String> tried(List<String> steps);

  private CrashScene scene() {
    String name = prefix + ++count;
    return new CrashScene(root.resolve(name), provider(), name).build();
  }

  @TestFactory
  Stream<DynamicTest> aSlowDeletionLeavesTheNewSandboxOfTheNameAlone() {
    CrashScene recorded = scene();
    create(recorded);
    List<String> steps = new ArrayList<>();
    try (Dispense dispense = recorded.open(steps::add)) {
      dispense.sandbox(recorded.name()).delete();
    }
    assertThat(steps).isNotEmpty();
    return tried(steps).stream()
        .map(step -> DynamicTest.dynamicTest("waits behind: " + step, () -> race(step)));
  }

  private void race(String step) throws InterruptedException, ExecutionException {
    CrashScene scene = scene();
    create(scene);
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    Thread slow =
        new Thread(
            () -> {
              try (Dispense dispense = scene.open(waitBehind(step, waits, goesOn))) {
                dispense.sandbox(scene.name()).delete();
              } catch (DispenseException e) {
                assertThat(e).as("work that is gone").hasMessageContaining("Nothing was deleted");
              }
            });
    slow.start();
    waits.await();
    FutureTask<Boolean> replacing = new FutureTask<>(() -> replace(scene), true);
    Thread fast = new Thread(replacing);
    fast.start();
    while (fast.isAlive() && !waitsForAnotherRemoval(fast)) {
      LockSupport.parkNanos(5_000_000);
    }
    goesOn.countDown();
    slow.join();
    assertThat(replacing.get()).isTrue();

    assertThat(scene.listed().map(SandboxInfo::state)).contains(SandboxInfo.State.RUNNING);
    try (Dispense dispense = scene.open()) {
      dispense.sandbox(scene.name()).delete();
    }
    assertThat(scene.git("show", "refs/dispense/" + scene.name() + "/work:left.txt"))
        .isEqualTo("uncommitted\n");
    scene.checkRepository();
    scene.checkNothingIsLeft();
  }

  private static boolean waitsForAnotherRemoval(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals("dev.dispense.core.state.RemovalClaim"));
  }

  private static Checkpoints waitBehind(String step, CountDownLatch waits, CountDownLatch goesOn) {
    return done -> {
      if (done.equals(step)) {
        waits.countDown();
        try {
          goesOn.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  private static void replace(CrashScene scene) {
    try (Dispense dispense = scene.open()) {
      dispense.sandbox(scene.name()).delete();
    } catch (NotFoundException e) {
      assertThat(e).as("deleted by the slow one").hasMessageContaining(scene.name());
    }
    createWhenFree(scene);
  }

  /** Tries again while the slow one still holds the name, for what is left of its sandbox. */
  private static void createWhenFree(CrashScene scene) {
    while (true) {
      try {
        create(scene);
        return;
      } catch (NameTakenException e) {
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  private static void create(CrashScene scene) {
    try (Dispense dispense = scene.open();
        Sandbox sandbox = dispense.create(scene.spec(scene.ofRepository()))) {
      scene.work(sandbox);
    }
  }
}
