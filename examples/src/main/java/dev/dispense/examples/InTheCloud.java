package dev.dispense.examples;

import dev.dispense.Changes;
import dev.dispense.Dispense;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskSpec;
import java.nio.file.Path;

/** The same as on this machine, on another provider: one word is different. */
public final class InTheCloud {
  private InTheCloud() {}

  /**
   * Lets Claude Code do what the arguments say in a sandbox in the cloud.
   *
   * @param args the prompt
   */
  public static void main(String[] args) {
    Path repository = Path.of(".");
    SandboxSpec spec =
        SandboxSpec.builder("in-the-cloud")
            .source(Source.directory(repository))
            .provider("daytona")
            .build();
    try (Dispense dispense = Dispense.create()) {
      Changes.Fetched fetched =
          dispense.withSandbox(
              spec,
              sandbox -> {
                sandbox.run(TaskSpec.of(String.join(" ", args))).await();
                return sandbox.changes().fetchInto(repository);
              });
      System.out.println("To look at the work: git diff HEAD " + fetched.workRef());
    }
  }
}
