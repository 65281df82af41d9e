package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Dispense;
import dev.dispense.SandboxInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the client behind each step of each operation, as the code itself names the steps, and
 * checks that the truth is told, that nothing is lost, and that what is left can be removed.
 */
abstract class CrashCases {
  private final String prefix = "crash-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private final AtomicInteger count = new AtomicInteger();
  private final ExecutorService twoAtATime = Executors.newFixedThreadPool(2);
  @TempDir Path root;

  abstract String provider();

  CrashScene scene() {
    String name = prefix + count.incrementAndGet();
    return new CrashScene(root.resolve(name), provider(), name).build();
  }

  /** Returns during what clients are killed. */
  List<CrashedOperation> operations() {
    return List.of(CrashedOperation.values());
  }

  /** Whether a client is to be killed behind a step; others are alike at another provider. */
  boolean isOfInterest(String step) {
    return true;
  }

  /** Checks that there is nothing of the sandbox any more but what the user is to have of it. */
  void checkNothingIsLeft(CrashScene scene) {
    scene.checkNothingIsLeft();
  }

  @TestFactory
  Stream<DynamicTest> aClientThatIsKilledLosesNothingAndWhatItLeavesIsRemoved() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (CrashedOperation operation : operations()) {
      CrashScene scene = scene();
      if (!operation.isPossible(scene)) {
        continue;
      }
      operation.prepare(scene);
      List<String> steps = CrashedClient.record(scene, operation);
      delete(scene);
      assertThat(steps).as("steps of %s", operation).isNotEmpty();
      for (String step : steps) {
        // Behind most steps that another operation has too, it has done nothing else until there.
        if (isOfInterest(step) && (seen.add(step) || operation.repeats(step))) {
          tests.add(
              begun(operation + " killed behind: " + step, () -> crash(operation, step, steps)));
        }
      }
    }
    return tests.stream();
  }

  /** Returns a test that is run already, beside another one. */
  private DynamicTest begun(String name, Runnable test) {
    Future<?> run = twoAtATime.submit(test);
    return DynamicTest.dynamicTest(name, run::get);
  }

  @AfterEach
  void allHaveRun() {
    twoAtATime.shutdownNow();
  }

  private void crash(CrashedOperation operation, String step, List<String> steps) {
    CrashScene scene = scene();
    operation.prepare(scene);
    String before = scene.users();

    CrashedClient.crash(scene, operation, step);

    scene.checkRepository();
    if (!operation.changesRepository()) {
      assertThat(scene.users()).isEqualTo(before);
    }
    boolean isLast = step.equals(steps.get(steps.size() - 1));
    checkTruth(operation, scene.listed(), isLast);
    if (operation == CrashedOperation.MERGE) {
      mergeAgain(scene);
    }
    // Either way repairs it.
    if (steps.indexOf(step) % 2 == 0) {
      collectGarbage(scene);
    }
    delete(scene);

    scene.checkRepository();
    checkNothingIsLeft(scene);
    if (operation.needsWork()) {
      checkWork(operation, scene);
    }
  }

  private static void mergeAgain(CrashScene scene) {
    try (Dispense dispense = scene.open()) {
      CrashedOperation.MERGE.perform(dispense, scene);
    }
    assertThat(scene.git("show", "main:agent.txt")).isEqualTo("committed\n");
    assertThat(scene.git("show", "main:left.txt")).isEqualTo("uncommitted\n");
    assertThat(scene.git("status", "--porcelain")).isEqualTo("?? notes.txt\n");
    assertThat(scene.users()).contains("agent.txt: committed", "notes.txt: mine");
  }

  private static void checkTruth(
      CrashedOperation operation, Optional<SandboxInfo> listed, boolean isLast) {
    Optional<SandboxInfo.State> state = listed.map(SandboxInfo::state);
    switch (operation) {
      case CREATE, CREATE_COPY, ADOPT ->
          assertThat(state).contains(isLast ? SandboxInfo.State.RUNNING : SandboxInfo.State.GONE);
      case PREPARE -> assertThat(state).isEmpty();
      case RUN, FETCH, APPLY, MERGE -> assertThat(state).contains(SandboxInfo.State.RUNNING);
      case DELETE, DELETE_COPY -> {
        if (isLast) {
          assertThat(state).isEmpty();
        } else {
          assertThat(state.orElseThrow()).isIn(SandboxInfo.State.RUNNING, SandboxInfo.State.GONE);
        }
      }
    }
  }

  static void collectGarbage(CrashScene scene) {
    Optional<SandboxInfo.State> before = scene.listed().map(SandboxInfo::state);
    List<Dispense.Orphan> found = gc(scene, true);
    assertThat(found).allMatch(it -> it.outcome() == Dispense.Orphan.Outcome.FOUND);
    assertThat(scene.listed().map(SandboxInfo::state)).isEqualTo(before);
    List<Dispense.Orphan> removed = gc(scene, false);
    assertThat(removed).extracting(Dispense.Orphan::name).isEqualTo(names(found));
    assertThat(removed)
        .extracting(Dispense.Orphan::outcome)
        .doesNotContain(Dispense.Orphan.Outcome.FOUND, Dispense.Orphan.Outcome.LEFT);
    assertThat(gc(scene, true)).isEmpty();
    assertThat(scene.listed().map(SandboxInfo::state))
        .isEqualTo(before.filter(state -> state == SandboxInfo.State.RUNNING));
  }

  private static List<String> names(List<Dispense.Orphan> leftovers) {
    return leftovers.stream().map(Dispense.Orphan::name).toList();
  }

  private static List<Dispense.Orphan> gc(CrashScene scene, boolean dryRun) {
    List<Dispense.Orphan> found = new ArrayList<>();
    try (Dispense dispense = scene.open()) {
      dispense.gc(dryRun, Set.of(scene.repository()), found::add);
    }
    return found;
  }

  private static void delete(CrashScene scene) {
    if (scene.listed().isPresent()) {
      try (Dispense dispense = scene.open()) {
        dispense.sandbox(scene.name()).delete();
      }
    }
    if (scene.canPrepare()) {
      try (Dispense dispense = scene.open()) {
        dispense.clearPool();
      }
    }
    gc(scene, false);
  }

  private static void checkWork(CrashedOperation operation, CrashScene scene) {
    if (operation.isOfCopy()) {
      assertThat(scene.files("state/kept"))
          .filteredOn(path -> path.endsWith(".patch") || path.endsWith(".bundle"))
          .hasSize(2);
      return;
    }
    String work = "refs/dispense/" + scene.name() + "/work";
    if (operation != CrashedOperation.RUN) {
      assertThat(scene.git("show", work + ":agent.txt")).isEqualTo("committed\n");
    }
    assertThat(scene.git("show", work + ":left.txt")).isEqualTo("uncommitted\n");
  }

  @TestFactory
  Stream<DynamicTest> aCreationThatFailsBehindAnyStepLeavesNothing() throws IOException {
    CrashScene recorded = scene();
    List<String> steps = CrashedClient.record(recorded, CrashedOperation.CREATE);
    delete(recorded);
    return steps.stream()
        .filter(this::isOfInterest)
        .map(step -> begun("fails behind: " + step, () -> fail(step)))
        .toList()
        .stream();
  }

  private void fail(String failing) {
    CrashScene scene = scene();
    String before = scene.users();
    try (Dispense dispense =
        scene.open(
            step -> {
              if (step.equals(failing)) {
                throw new IllegalStateException("fails here");
              }
            })) {
      assertThatThrownBy(() -> CrashedOperation.CREATE.perform(dispense, scene))
          .hasMessageContaining("fails here");
    }
    scene.checkRepository();
    checkNothingIsLeft(scene);
    assertThat(scene.users()).isEqualTo(before);
    assertThat(scene.git("for-each-ref", "refs/dispense")).as("earlier work").isNotEmpty();
  }
}
