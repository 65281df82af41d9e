package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown and what is waited for when a clock was moved back, here or in the sandbox. */
class WrongClockTest {
  private static final Instant FUTURE = Instant.parse("2100-01-01T00:00:00Z");

  @TempDir private Path temporary;

  @Test
  void what_was_made_in_the_future_has_no_age_below_zero() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.at(Clock.fixed(FUTURE, ZoneOffset.UTC)).succeed("new", "-n", "late", "--task", "x");
      bench.at(Clock.systemUTC()).succeed("new", "-n", "early");

      assertThat(bench.succeed("list").lines())
          .anySatisfy(line -> assertThat(line).contains("late", " 0s ago"))
          .noneMatch(line -> line.contains(" -"));
      assertThat(bench.succeed("list", "--json")).contains("\"created\":\"2100-01-01T00:00:00Z\"");
      assertThat(bench.names()).containsExactly("early", "late");
      bench.succeed("claude", "late", "wait");
      bench.at(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
      assertThat(bench.succeed("claude", "late", "tasks")).contains(" 0s ago");
    }
  }

  @Test
  void tasks_end_and_time_out_under_a_clock_that_goes_back_from_2100() throws IOException {
    try (Workbench bench =
        Workbench.inRepository(temporary)
            .with("PATH", clockThatGoesBack() + ":" + System.getenv("PATH"))
            .with(ScriptedAgent.builder("claude").runPrompt())) {
      Path begun = Files.createFile(temporary.resolve("begun"));
      bench.succeed("new", "-n", "box", "--task", "echo begun >'" + begun + "'; sleep 600");
      await(begun);
      bench.succeed("claude", "box", "cancel", "1");
      bench.succeed("claude", "box", "run", "sleep 600", "--timeout", "1s");
      bench.succeed("claude", "box", "run", "true");

      assertThat(bench.run("claude", "box", "wait").exitCode()).isEqualTo(1);

      assertThat(bench.succeed("claude", "box", "tasks").lines())
          .satisfiesExactly(
              head -> assertThat(head).contains("TOOK"),
              one -> assertThat(one).contains("cancelled", " 0s ago", " 0s "),
              two -> assertThat(two).contains("timed_out", " 0s ago", " 0s "),
              three -> assertThat(three).contains("failed", " 0s ago", " 0s "));
      assertThat(bench.succeed("claude", "box", "tasks", "1"))
          .contains("created    2100-01-01T00:00:00Z", "took       0s");
    }
  }

  @Test
  void a_task_that_was_cut_off_when_it_was_given_is_lost_also_when_it_lies_in_the_future()
      throws IOException {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      bench.succeed("new", "-n", "box", "--task", "x");
      bench.succeed("claude", "box", "wait");
      Path tasks = temporary.resolve("state/unisolated/box/dispense/tasks");
      Path cut = Files.createDirectory(tasks.resolve("2"));
      Files.copy(tasks.resolve("1/by"), cut.resolve("by"));
      Files.setLastModifiedTime(cut, FileTime.from(Instant.now().plus(Duration.ofDays(1))));

      assertThat(bench.run("claude", "box", "wait", "2").exitCode()).isEqualTo(1);

      assertThat(bench.succeed("claude", "box", "tasks", "2")).contains("Task 2 is lost");
    }
  }

  /** Returns a directory with a program "date" that says an hour earlier each time. */
  private Path clockThatGoesBack() throws IOException {
    Path directory = Files.createDirectory(temporary.resolve("bin"));
    Path time = directory.resolve("time");
    Files.writeString(time, Long.toString(FUTURE.getEpochSecond()));
    Path date = directory.resolve("date");
    Files.writeString(
        date,
        """
        #!/bin/sh
        read -r t <'%1$s'; echo $((t - 3600)) >'%1$s'.$$; mv '%1$s'.$$ '%1$s'; echo $t
        """
            .formatted(time));
    Files.setPosixFilePermissions(date, PosixFilePermissions.fromString("rwxr-xr-x"));
    return directory;
  }

  /** Waits until a task has written its word; it has no process of this test's. */
  private static void await(Path begun) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (Files.size(begun) == 0) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(10_000_000);
    }
  }
}
