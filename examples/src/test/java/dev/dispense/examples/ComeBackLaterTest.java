package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.TaskInfo;
import dev.dispense.testkit.DispenseFixture;
import dev.dispense.testkit.DispenseTest;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@DispenseTest
class ComeBackLaterTest {
  @Test
  void aTaskGoesOnWhenItsStarterIsGone(DispenseFixture fixture) throws Exception {
    Path repository = fixture.repository("project");
    ScriptedAgent agent =
        ScriptedAgent.builder()
            .awaitFile("go")
            .write("file.txt", "changed\n")
            .succeed("Done.")
            .build();
    int task;
    try (Dispense dispense = fixture.open(agent)) {
      task = ComeBackLater.start(dispense, "later", repository, "Take your time");
    }
    // What another process would have: it shares nothing with the first but the files.
    try (Dispense dispense = fixture.open(agent);
        Sandbox sandbox = dispense.sandbox("later")) {
      assertThat(sandbox.task(task).info().state().isFinal()).isFalse();
      assertThat(sandbox.exec(Command.of("touch", "go")).isSuccess()).isTrue();

      assertThat(ComeBackLater.comeBack(dispense, "later", task).state())
          .isEqualTo(TaskInfo.State.SUCCEEDED);
      assertThat(sandbox.changes().files())
          .extracting(Changes.FileChange::path)
          .containsExactly("file.txt", "go");
      assertThat(sandbox.delete().kept()).get().asString().contains("later");
    }
    assertThat(fixture.git(repository, "for-each-ref", "--contains", "main", "refs/dispense"))
        .isNotEmpty();
    fixture.assertNothingLeft();
  }
}
