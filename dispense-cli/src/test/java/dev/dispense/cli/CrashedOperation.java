package dev.dispense.cli;

import dev.dispense.Dispense;
import dev.dispense.Progress;
import dev.dispense.Sandbox;
import dev.dispense.Source;
import dev.dispense.TaskSpec;
import java.util.Set;

/** An operation during which a client is killed. */
enum CrashedOperation {
  CREATE(false, false) {
    @Override
    void perform(Dispense dispense, CrashScene scene) {
      dispense.create(scene.spec(scene.ofRepository())).close();
    }
  },
  CREATE_COPY(false, false) {
    @Override
    void perform(Dispense dispense, CrashScene scene) {
      dispense.create(scene.spec(Source.directory(scene.plainDirectory()))).close();
    }
  },
  RUN(true, false) {
    @Override
    void perform(Dispense dispense, CrashScene scene) {
      dispense.sandbox(scene.name()).run(TaskSpec.of("Do it"));
    }
  },
  FETCH(true, false) {
    @Override
    void perform(Dispense dispense, CrashScene scene) {
      dispense.sandbox(scene.name()).changes().fetchInto(scene.repository(), "fetched");
    }
  },
  APPLY(true, false) {
    @Override
    void perform(Dispense dispense, CrashScene scene) {
      dispense.sandbox(scene.name()).changes().applyTo(scene.repository());
    }
  },
  MERGE(true, false) {
    @Override
    void perform(Dispense dispense, CrashScene scene) {
      dispense.sandbox(scene.name()).changes().mergeInto(scene.repository());
    }
  },
  PREPARE(false, false) {
    @Override
    void perform(Dispense dispense, CrashScene scene) {
      dispense.fillPool(
          scene.spec(Source.directory(scene.repository())), 1, Progress.Listener.NONE);
    }
  },
  ADOPT(false, false) {
    @Override
    void prepare(CrashScene scene) {
      try (Dispense dispense = scene.open()) {
        PREPARE.perform(dispense, scene);
      }
    }

    @Override
    void perform(Dispense dispense, CrashScene scene) {
      CREATE.perform(dispense, scene);
    }
  },
  DELETE(true, false) {
    @Override
    void perform(Dispense dispense, CrashScene scene) {
      dispense.sandbox(scene.name()).delete();
    }
  },
  DELETE_COPY(true, true) {
    @Override
    void perform(Dispense dispense, CrashScene scene) {
      dispense.sandbox(scene.name()).delete();
    }
  };

  // What is there then differs from what is there behind the same step of a creation.
  private static final Set<String> OF_PREPARATION =
      Set.of("name claimed", "machine described", "machine created", "sandbox ready");

  private final boolean needsWork;
  private final boolean isOfCopy;

  CrashedOperation(boolean needsWork, boolean isOfCopy) {
    this.needsWork = needsWork;
    this.isOfCopy = isOfCopy;
  }

  abstract void perform(Dispense dispense, CrashScene scene);

  /** Whether an agent has worked in the sandbox before. */
  boolean needsWork() {
    return needsWork;
  }

  /** Whether a client is killed behind a step that another operation has too. */
  boolean repeats(String step) {
    return this == ADOPT || (this == PREPARE && OF_PREPARATION.contains(step));
  }

  /** Whether it can be done. */
  boolean isPossible(CrashScene scene) {
    return scene.canPrepare() || (this != PREPARE && this != ADOPT);
  }

  /** Whether the user's files and branches change by it. */
  boolean changesRepository() {
    return this == APPLY || this == MERGE;
  }

  boolean isOfCopy() {
    return isOfCopy;
  }

  /** Makes what the operation needs. */
  void prepare(CrashScene scene) {
    if (needsWork) {
      Source source =
          isOfCopy
              ? Source.directory(scene.plainDirectory())
              : Source.directory(scene.repository());
      try (Dispense dispense = scene.open();
          Sandbox sandbox = dispense.create(scene.spec(source))) {
        scene.work(sandbox);
      }
    }
  }
}
