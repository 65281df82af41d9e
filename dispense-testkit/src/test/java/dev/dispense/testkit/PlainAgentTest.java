package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Software;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents that do as little as they can. */
class PlainAgentTest {
  private static final Agent.Launch LAUNCH =
      new Agent.Launch(
          List.of("plain"), Map.of(), Map.of(), Map.of(), List.of(), List.of(), Duration.ZERO);

  @TempDir Path directory;

  /** One that prints text. */
  private static class Plain implements Agent {
    @Override
    public String id() {
      return "plain";
    }

    @Override
    public String displayName() {
      return "Plain";
    }

    @Override
    public List<Software> software(Environment host) {
      return List.of();
    }

    @Override
    public boolean reportsResult() {
      return false;
    }

    @Override
    public Launch launch(Request request) {
      return LAUNCH;
    }

    @Override
    public Optional<String> credential(Environment host) {
      return Optional.empty();
    }
  }

  /** One that says whether it succeeded, without a mark by which that is known beforehand. */
  private static final class Unmarked extends Plain {
    @Override
    public boolean reportsResult() {
      return true;
    }

    @Override
    public Parser parser() {
      return line ->
          List.of(
              line.startsWith("done ")
                  ? new TaskEvent.Result(
                      line.equals("done well"),
                      line,
                      Optional.empty(),
                      OptionalDouble.empty(),
                      OptionalInt.empty(),
                      Optional.empty(),
                      Optional.empty())
                  : new TaskEvent.Raw(line));
    }
  }

  private TaskInfo run(Agent agent, int exitCode, String... lines) throws IOException {
    try (AgentReplay replay = new AgentReplay(agent, LAUNCH, directory, List.of(lines), exitCode)) {
      return replay.run();
    }
  }

  @Test
  void theExitCodeOfOneThatPrintsTextDecides() throws IOException {
    assertThat(run(new Plain(), 0, "I did it.").state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    TaskInfo failed = run(new Plain(), 3, "I could not.");
    assertThat(failed.state()).isEqualTo(TaskInfo.State.FAILED);
    assertThat(failed.message()).isEqualTo("Plain ended with exit code 3");
  }

  @Test
  void aResultIsFoundWithoutAMark() throws IOException {
    TaskInfo done = run(new Unmarked(), 0, "begun", "done well", "cost: nothing", "bye");
    assertThat(done.state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    assertThat(done.result().orElseThrow().text()).isEqualTo("done well");
    TaskInfo failed = run(new Unmarked(), 0, "begun", "done badly");
    assertThat(failed.state()).isEqualTo(TaskInfo.State.FAILED);
    assertThat(failed.message()).isEqualTo("done badly");
  }

  @Test
  void noResultIsAFailureWhereOneIsReported() throws IOException {
    TaskInfo failed = run(new Unmarked(), 0, "begun");
    assertThat(failed.state()).isEqualTo(TaskInfo.State.FAILED);
    assertThat(failed.message()).isEqualTo("Plain ended with exit code 0 without a result");
  }
}
