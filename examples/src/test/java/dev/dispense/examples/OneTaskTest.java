package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.testkit.DispenseFixture;
import dev.dispense.testkit.DispenseTest;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@DispenseTest
class OneTaskTest {
  private final DispenseFixture fixture;
  private final Path repository;

  OneTaskTest(DispenseFixture fixture) throws Exception {
    this.fixture = fixture;
    repository = fixture.repository("project");
  }

  @Test
  void theWorkCanBeFetchedAndTheSandboxIsGone() throws Exception {
    ScriptedAgent agent =
        ScriptedAgent.builder()
            .echoPrompt()
            .write("file.txt", "mended\n")
            .run("git", "commit", "--quiet", "--all", "--message=Mend it")
            .write("new.txt", "new\n")
            .succeed("Done.")
            .build();
    try (Dispense dispense = fixture.open(agent)) {
      Changes.Fetched fetched = OneTask.run(dispense, "one-task", repository, "Mend it");

      assertThat(fixture.git(repository, "log", "-1", "--format=%s", fetched.headRef()))
          .isEqualTo("Mend it");
      assertThat(fixture.git(repository, "diff", "--name-only", "HEAD", fetched.workRef()))
          .isEqualTo("file.txt\nnew.txt");
    }
    assertThat(repository.resolve("file.txt")).hasContent("as it was");
    fixture.assertNothingLeft();
  }

  @Test
  void aSandboxWhoseTaskFailedStaysToBeLookedAt() throws Exception {
    ScriptedAgent agent = ScriptedAgent.builder().fail("I cannot.").build();
    try (Dispense dispense = fixture.open(agent)) {
      assertThatThrownBy(() -> OneTask.run(dispense, "one-task", repository, "Mend it"))
          .hasMessageContaining("FAILED")
          .hasMessageContaining("I cannot.");
      try (Sandbox sandbox = dispense.sandbox("one-task")) {
        assertThat(sandbox.task(1).prompt()).isEqualTo("Mend it");
        sandbox.delete();
      }
    }
    fixture.assertNothingLeft();
  }
}
