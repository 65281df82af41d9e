package dev.dispense.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.cli.Workbench;
import dev.dispense.cli.terminal.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @TempDir private Path temporary;

  @Test
  void says_for_people_and_for_programs_whether_a_task_could_be_given() {
    try (Workbench bench = Workbench.inRepository(temporary)) {
      assertThat(bench.succeed("doctor"))
          .contains(
              "ok      unisolated-for-tests: It can be used.\n",
              "note    unisolated-for-tests: It has no gateway: ",
              "A task can be given: dispense new");
      assertThat(bench.succeed("doctor", "--json").lines())
          .allMatch(line -> line.startsWith("{\"subject\":\""))
          .anyMatch(line -> line.contains("\"grade\":\"FINE\""));
    }
  }

  @Test
  void fails_when_none_could_be() {
    try (Workbench bench =
        Workbench.inRepository(temporary).with("DISPENSE_PROVIDER", "elsewhere")) {
      Workbench.Outcome outcome = bench.run("doctor");
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(outcome.out())
          .contains("problem settings: The setting DISPENSE_PROVIDER", "No task can be given here");
      assertThat(bench.with("DISPENSE_POOL_SIZE", "many").run("doctor").err())
          .contains("DISPENSE_POOL_SIZE");
    }
  }
}
