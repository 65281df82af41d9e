package dev.dispense.examples;

import dev.dispense.Dispense;
import dev.dispense.PrintableText;
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
   * @param args {@code start}, a name for the sandbox and a prompt; or {@code come-back}, the name
   *     and the task's number
   */
  public static void main(String[] args) {
    try (Dispense dispense = Dispense.create()) {
      if (args[0].equals("start")) {
        System.out.println("Started task " + start(dispense, args[1], Path.of("."), args[2]));
      } else {
        TaskInfo end = comeBack(dispense, args[1], Integer.parseInt(args[2]));
        System.out.println(
            "The task ended " + end.state() + " " + PrintableText.printable(end.message()));
      }
    }
  }

  static int start(Dispense dispense, String name, Path repository, String prompt) {
    SandboxSpec spec = SandboxSpec.builder(name).source(Source.directory(repository)).build();
    try (Sandbox sandbox = dispense.create(spec)) {
      return sandbox.run(TaskSpec.of(prompt)).id();
    }
  }

  static TaskInfo comeBack(Dispense dispense, String name, int taskId) {
    try (Sandbox sandbox = dispense.sandbox(name)) {
      return sandbox.task(taskId).await(Duration.ofMinutes(30));
    }
  }
}
