package dev.dispense.examples;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import java.nio.file.Path;
import java.time.Duration;

/** Starts a task and leaves; another process comes back for its end. */
public final class ComeBackLater {
  private ComeBackLater() {}

  /**
   * Starts a task, or comes back for it.
   *
   * @param args {@code start} and a prompt, or {@code come-back} and the task's number
   */
  public static void main(String[] args) {
    try (Dispense dispense = Dispense.create()) {
      if (args[0].equals("start")) {
        System.out.println("Started task " + start(dispense, Path.of("."), args[1]));
      } else {
        System.out.println(comeBack(dispense, Integer.parseInt(args[1])));
      }
    }
  }

  static int start(Dispense dispense, Path repository, String prompt) {
    SandboxSpec spec =
        SandboxSpec.builder("come-back-later").source(Source.directory(repository)).build();
    try (Sandbox sandbox = dispense.create(spec)) {
      return sandbox.run(TaskSpec.of(prompt)).id();
    }
  }

  static TaskInfo comeBack(Dispense dispense, int taskId) {
    try (Sandbox sandbox = dispense.sandbox("come-back-later")) {
      return sandbox.task(taskId).await(Duration.ofMinutes(30));
    }
  }
}
