package dev.dispense.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.support.DaemonThread;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Starts many at the same moment, and waits for them. */
final class Crowd {
  private Crowd() {}

  /** Does one member's part. */
  @FunctionalInterface
  interface Member {
    void act(int number) throws Exception;
  }

  /**
   * How a process ended.
   *
   * @param output what it wrote, to both streams
   */
  record End(int exitCode, String output) {}

  /** Runs members on threads of their own; returns what each threw, in any order. */
  static List<Throwable> threads(int count, Member member) {
    CyclicBarrier start = new CyclicBarrier(count);
    List<FutureTask<Void>> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                start.await();
                member.act(number);
                return null;
              });
      running.add(task);
      DaemonThread.start("crowd-" + number, task);
    }
    List<Throwable> failures = new ArrayList<>();
    for (FutureTask<Void> task : running) {
      try {
        task.get();
      } catch (ExecutionException e) {
        failures.add(e.getCause() == null ? e : e.getCause());
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted while the crowd was at work", e);
      }
    }
    return failures;
  }

  /** Runs {@link CrowdMember}s as processes, each with arguments of its own. */
  static List<End> processes(
      ConcurrencyContract contract, Path directory, List<List<String>> arguments) {
    List<Process> processes = new ArrayList<>();
    List<BufferedReader> outputs = new ArrayList<>();
    try {
      for (List<String> own : arguments) {
        ProcessBuilder builder =
            new ProcessBuilder(CrowdMember.command(contract, directory, own))
                .redirectErrorStream(true);
        Process process = builder.start();
        processes.add(process);
        outputs.add(process.inputReader(StandardCharsets.UTF_8));
      }
      for (BufferedReader output : outputs) {
        awaitReady(output);
      }
      for (Process process : processes) {
        process.getOutputStream().close();
      }
      List<End> ends = new ArrayList<>();
      for (int i = 0; i < processes.size(); i++) {
        StringBuilder output = new StringBuilder();
        outputs.get(i).lines().forEach(line -> output.append(line).append('\n'));
        ends.add(new End(processes.get(i).waitFor(), output.toString()));
        outputs.get(i).close();
      }
      return ends;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("the processes of the crowd cannot be run", e);
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static void awaitReady(BufferedReader output) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine();
        !CrowdMember.READY.equals(line);
        line = output.readLine()) {
      assertThat(line).as("a process of the crowd ended early: %s", said).isNotNull();
      said.append(line).append('\n');
    }
  }
}
