package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@DispenseTest
class DispenseExtensionTest {
  private static final List<Path> DIRECTORIES = new ArrayList<>();

  private final DispenseFixture fixture;

  DispenseExtensionTest(DispenseFixture fixture) {
    this.fixture = fixture;
    DIRECTORIES.add(fixture.directory());
  }

  @AfterEach
  void itIsThereUntilTheEnd() {
    assertThat(fixture.directory()).isDirectory();
  }

  @AfterAll
  static void nothingIsLeft() {
    assertThat(DIRECTORIES).doesNotHaveDuplicates().hasSizeGreaterThan(3);
    assertThat(DIRECTORIES).allSatisfy(directory -> assertThat(directory).doesNotExist());
  }

  @Test
  void theFirstAttemptWorksAndSeesNothingOfTheUsers(Dispense dispense) {
    assertThat(dispense.providers()).containsExactly(UnisolatedProvider.ID);
    assertThat(dispense.environment().stateDirectory()).startsWithRaw(fixture.directory());
    List<TaskEvent> events = new ArrayList<>();
    TaskInfo end =
        dispense.withSandbox(
            SandboxSpec.builder("box").build(),
            sandbox -> sandbox.run(TaskSpec.of("Hello")).follow(events::add));
    assertThat(end.state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(events).contains(new TaskEvent.Message("Hello"));
    fixture.assertNothingLeft();
  }

  @Test
  void allItsPartsAreOfOneTest(DispenseFixture same, Dispense dispense) {
    assertThat(same).isSameAs(fixture);
    dispense.create(SandboxSpec.builder("box").build()).close();
    try (Dispense another = same.open(ScriptedAgent.builder().build());
        Sandbox sandbox = another.sandbox("box")) {
      assertThat(sandbox.exec(Command.of("pwd")).stdout()).startsWith(same.directory().toString());
    }
  }

  @Test
  void whatATestLeavesIsSeenAndDeleted(Dispense dispense) throws Exception {
    Sandbox sandbox = dispense.create(SandboxSpec.builder("forgotten").build());
    sandbox.run(TaskSpec.of("Hello")).await();
    Files.writeString(fixture.repository("project").resolve("file.txt"), "changed\n");

    assertThatThrownBy(fixture::assertNothingLeft)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("forgotten");
  }

  @Test
  void anIntegrationTestHasAHomeOfItsOwnAndNoKeys() {
    Environment environment = fixture.environment();
    assertThat(environment.userHome()).startsWithRaw(fixture.directory());
    assertThat(environment.variables())
        .containsKey("PATH")
        .containsEntry("DISPENSE_HOME", environment.stateDirectory().toString());
    assertThat(environment.variables().keySet())
        .noneMatch(name -> name.startsWith("ANTHROPIC_") || name.endsWith("_API_KEY"));
  }

  @Test
  void gitReadsNoConfigurationOfTheUsers() {
    Path repository = fixture.repository("project");
    assertThat(fixture.git(repository, "config", "--list", "--show-origin"))
        .doesNotContain(System.getProperty("user.home"));
    assertThatThrownBy(() -> fixture.git(repository, "no-such-command"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no-such-command");
  }
}
