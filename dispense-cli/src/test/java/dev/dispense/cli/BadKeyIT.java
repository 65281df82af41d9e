package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.model.ModelReply;
import dev.dispense.testkit.model.ModelServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a user sees of a key that is missing or refused, of an account without credit and of a model
 * that is overloaded, with the real Claude Code.
 */
@RequiresDocker
@Timeout(300)
class BadKeyIT {
  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir private Path root;
  private ModelServer model;
  private CommandLine keyless;
  private CommandLine user;

  /**
   * A row of the table: what the model server answers, and what the user is told to do.
   *
   * @param said what Claude Code itself makes of it
   */
  private record Row(int status, String text, String said, String advice) {}

  private static final List<Row> ROWS =
      List.of(
          new Row(
              401, "invalid x-api-key", "401", "The key was refused: check that it is complete"),
          new Row(400, "Your credit balance is too low", "redit balance", "add some, or use"),
          new Row(429, "You are out of credit", "429", "A limit of the account is reached"),
          new Row(529, "Overloaded", "529", "The model is overloaded: try again in a few minutes"));

  @BeforeEach
  void makeSandbox() throws IOException {
    model = ModelServer.start(new InetSocketAddress("0.0.0.0", 0));
    keyless =
        CommandLine.inRepository(root)
            .with("ANTHROPIC_BASE_URL", "http://localhost:" + model.port());
    user = keyless.with("ANTHROPIC_API_KEY", "sk-ant-it-bad-key");
    user.dispense("new", "--name", name).succeeds();
  }

  @AfterEach
  void deleteSandbox() {
    user.dispense("delete", "--force", "--discard", name).succeeds();
    model.close();
  }

  @Test
  void a_task_that_the_model_refuses_says_why_and_what_to_do() {
    for (Row row : ROWS) {
      model.script(request -> ModelReply.error(row.status(), row.text()));

      CommandLine.Outcome followed = user.dispense("claude", name, "run", "work", "--follow");

      assertThat(followed.exitCode()).as("%s: %s", row, followed).isEqualTo(1);
      assertThat(followed.stderr()).as("%s", row).contains(row.said(), row.advice());
      String task = Integer.toString(ROWS.indexOf(row) + 1);
      CommandLine.Outcome waited = user.dispense("claude", name, "wait", task);
      assertThat(waited.exitCode()).as("%s: %s", row, waited).isEqualTo(1);
      assertThat(waited.stdout() + waited.stderr()).as("%s", row).contains(row.advice());
      assertThat(user.dispense("claude", name, "tasks", task).succeeds().stdout())
          .contains("failed", row.advice());
      assertThat(user.dispense("claude", name, "logs", task).succeeds().stdout())
          .contains(row.said());
      assertThat(followed.stdout() + followed.stderr() + waited.stderr())
          .doesNotContain("\tat ", "Exception", "sk-ant-it-bad-key");
    }
    assertThat(user.dispense("claude", name, "tasks").succeeds().stdout().lines())
        .filteredOn(line -> line.contains("failed"))
        .hasSize(ROWS.size());
  }

  @Test
  void a_task_without_a_key_is_refused_before_it_begins() {
    CommandLine.Outcome run = keyless.dispense("claude", name, "run", "work", "--follow");

    assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
    assertThat(run.stderr()).contains("ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN");
    assertThat(run.stdout()).isEmpty();
    assertThat(keyless.dispense("claude", name, "tasks", "--json").succeeds().stdout()).isEmpty();
    assertThat(model.requests()).isEmpty();
    CommandLine.Outcome made = keyless.dispense("new", "--name", name + "-2", "--task", "work");
    assertThat(made.exitCode()).as(made.toString()).isEqualTo(1);
    assertThat(made.stderr()).contains("ANTHROPIC_API_KEY");
    assertThat(keyless.dispense("list", "--json").succeeds().stdout()).doesNotContain(name + "-2");
  }
}
