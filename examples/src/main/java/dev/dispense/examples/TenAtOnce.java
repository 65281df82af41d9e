package dev.dispense.examples;

import dev.dispense.Changes;
import dev.dispense.Dispense;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same task ten times at once, each in a sandbox and on a branch of its own. */
public final class TenAtOnce {
  private TenAtOnce() {}

  /**
   * Lets ten agents do what the arguments say.
   *
   * @param args the prompt
   * @throws Exception when one of them could not be run
   */
  public static void main(String[] args) throws Exception {
    try (Dispense dispense = Dispense.create()) {
      run(dispense, Path.of("."), String.join(" ", args)).forEach(System.out::println);
    }
  }

  static List<String> run(Dispense dispense, Path repository, String prompt)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(10);
    try {
      List<Future<String>> branches = new ArrayList<>();
      for (int i = 1; i <= 10; i++) {
        String name = "attempt-" + i;
        branches.add(threads.submit(() -> attempt(dispense, repository, name, prompt)));
      }
      List<String> results = new ArrayList<>();
      for (Future<String> branch : branches) {
        results.add(branch.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private static String attempt(Dispense dispense, Path repository, String name, String prompt) {
    SandboxSpec spec = SandboxSpec.builder(name).source(Source.directory(repository)).build();
    return dispense.withSandbox(
        spec,
        sandbox -> {
          sandbox.run(TaskSpec.of(prompt)).await();
          Changes changes = sandbox.changes();
          changes.fetchInto(repository, "work/" + name);
          return "work/" + name + " changes " + changes.files().size() + " files";
        });
  }
}
