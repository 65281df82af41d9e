package dev.dispense.examples;

import dev.dispense.Changes;
import dev.dispense.Dispense;
import dev.dispense.PrintableText;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import java.nio.file.Path;

/** One agent, one task, one branch. */
public final class OneTask {
  private OneTask() {}

  /**
   * Lets Claude Code do what the arguments say in the repository of the current directory.
   *
   * @param args the prompt
   */
  public static void main(String[] args) {
    try (Dispense dispense = Dispense.create()) {
      Changes.Fetched fetched = run(dispense, "one-task", Path.of("."), String.join(" ", args));
      System.out.println("To look at the work: git diff HEAD " + fetched.workRef());
    }
  }

  static Changes.Fetched run(Dispense dispense, String name, Path repository, String prompt) {
    SandboxSpec spec = SandboxSpec.builder(name).source(Source.directory(repository)).build();
    try (Sandbox sandbox = dispense.create(spec)) {
      Task task = sandbox.run(TaskSpec.of(prompt));
      TaskInfo end =
          task.follow(event -> System.out.println(PrintableText.printable(event.toString())));
      if (end.state() != TaskInfo.State.SUCCEEDED) {
        throw new IllegalStateException("The task ended " + end.state() + ": " + end.message());
      }
      Changes.Fetched fetched = sandbox.changes().fetchInto(repository);
      sandbox.delete();
      return fetched;
    }
  }
}
