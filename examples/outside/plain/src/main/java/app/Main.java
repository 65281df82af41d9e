package app;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.Task;
import dev.dispense.TaskSpec;
import java.nio.file.Path;

/** Says what Dispense finds, with a state directory of its own. */
public final class Main {
  public static void main(String[] args) {
    Environment environment = Environment.current().withStateDirectory(Path.of(args[0]));
    try (Dispense dispense = Dispense.builder().environment(environment).build()) {
      System.out.println("providers " + dispense.providers() + " agents " + dispense.agents());
    }
  }

  /** Lets the agent work on a repository, and returns where its work is. */
  static String work(Dispense dispense, Path repository, String prompt) {
    SandboxSpec spec = SandboxSpec.builder("outside").source(Source.directory(repository)).build();
    return dispense.withSandbox(
        spec,
        sandbox -> {
          Task task = sandbox.run(TaskSpec.of(prompt));
          task.await();
          return sandbox.changes().fetchInto(repository).workRef();
        });
  }
}
