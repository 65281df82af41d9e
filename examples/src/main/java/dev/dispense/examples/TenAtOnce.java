package dev.dispense.examples;

import dev.dispense.Changes;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The same task ten times at once, each in a sandbox and on a branch of its own. */
public final class TenAtOnce {
  private TenAtOnce() {}

  /**
   * Lets ten agents do what the arguments say.
   *
   * @param args the prompt
   * @throws Exception when it is interrupted
   */
  public static void main(String[] args) throws Exception {
    try (Dispense dispense = Dispense.create()) {
      run(dispense, Path.of("."), String.join(" ", args)).forEach(System.out::println);
    }
  }

  static List<String> run(Dispense dispense, Path repository, String prompt)
      throws InterruptedException, ExecutionException {
    List<Callable<String>> attempts = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      String name = "attempt-" + i;
      attempts.add(() -> attempt(dispense, repository, name, prompt));
    }
    ExecutorService threads = Executors.newFixedThreadPool(attempts.size());
    try {
      List<String> results = new ArrayList<>();
      for (Future<String> result : threads.invokeAll(attempts)) {
        results.add(result.get());
      }
      return results;
    } finally {
      // One that was interrupted deletes its sandbox yet, and needs an open Dispense for that.
      threads.shutdown();
      boolean unused = threads.awaitTermination(1, TimeUnit.MINUTES);
    }
  }

  private static String attempt(Dispense dispense, Path repository, String name, String prompt) {
    SandboxSpec spec = SandboxSpec.builder(name).source(Source.directory(repository)).build();
    try {
      return dispense.withSandbox(
          spec,
          sandbox -> {
            TaskInfo end = sandbox.run(TaskSpec.of(prompt)).await();
            Changes changes = sandbox.changes();
            Changes.Fetched fetched = changes.fetchInto(repository, "work/" + name);
            return "%s: %s, %d files differ on %s"
                .formatted(
                    name, end.state(), changes.files().size(), fetched.branch().orElseThrow());
          });
    } catch (DispenseException e) {
      return name + ": " + e.getMessage();
    }
  }
}
