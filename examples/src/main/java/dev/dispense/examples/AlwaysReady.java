package dev.dispense.examples;

import dev.dispense.Dispense;
import dev.dispense.Progress;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A service that must answer quickly: two sandboxes always wait for the next request. */
public final class AlwaysReady {
  private AlwaysReady() {}

  /**
   * Gives each argument to an agent of its own, one after the other.
   *
   * @param args the prompts
   */
  public static void main(String[] args) {
    try (Dispense dispense = Dispense.builder().poolSize(2).build()) {
      run(dispense, Path.of("."), List.of(args)).forEach(System.out::println);
      dispense.clearPool();
    }
  }

  static List<TaskInfo> run(Dispense dispense, Path repository, List<String> prompts) {
    dispense.fillPool(spec("any", repository), 2, Progress.Listener.NONE);
    List<TaskInfo> ends = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      try (Sandbox sandbox = dispense.create(spec("request-" + i, repository))) {
        ends.add(sandbox.run(TaskSpec.of(prompts.get(i))).await());
        sandbox.delete();
      }
    }
    return ends;
  }

  private static SandboxSpec spec(String name, Path repository) {
    return SandboxSpec.builder(name).source(Source.directory(repository)).build();
  }
}
