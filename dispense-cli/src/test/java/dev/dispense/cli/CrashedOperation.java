package dev.dispense.cli;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.Source;
import dev.dispense.TaskSpec;

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
