package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the built command says when its sandbox or its engine is not as it should be. */
@RequiresDocker
@RequiresProgram("docker")
class BadStateIT {
  /** Every command that works in a sandbox; {@code @} is its name. */
  private static final List<String> COMMANDS =
      List.of(
          "exec @ -- true",
          "shell @",
          "diff @",
          "fetch @",
          "apply @",
          "merge @",
          "claude @ status",
          "claude @ run x",
          "claude @ tasks",
          "claude @ logs",
          "claude @ wait",
          "claude @ cancel 1");

  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir private Path root;
  private CommandLine user;

  @BeforeEach
  void makeSandbox() throws IOException {
    user = CommandLine.inRepository(root).with("ANTHROPIC_API_KEY", "sk-ant-not-a-key");
    user.dispense("new", "--name", name).succeeds();
  }

  @AfterEach
  void nothingIsLeft() {
    user.dispense("delete", "--force", "--discard", name);
    assertThat(user.git("worktree", "list").stdout().lines()).hasSize(1);
    assertThat(user.git("branch", "--list", "dispense/*").stdout()).isEmpty();
    assertThat(docker("ps", "--all", "--quiet", "--filter", "name=dispense-" + name)).isEmpty();
  }

  @Test
  void a_sandbox_that_was_paused_or_stopped_or_removed_is_told_by_every_command() {
    docker("pause", "dispense-" + name);
    refused(
        COMMANDS.subList(0, 4),
        "The sandbox '@' is stopped or paused. Start it first: dispense start @");
    user.dispense("start", name).succeeds();
    user.dispense("exec", name, "--", "true").succeeds();

    docker("stop", "--time", "0", "dispense-" + name);
    refused(COMMANDS, "The sandbox '@' is stopped or paused. Start it first: dispense start @");

    docker("rm", "--force", "dispense-" + name);
    refused(
        List.of("exec @ -- true", "diff @", "claude @ tasks", "start @", "stop @"),
        "The sandbox '@' is gone");
    refused(List.of("new --name @"), "The name '@' is taken");
  }

  @Test
  void files_that_were_moved_by_hand_are_told_and_can_be_put_back() throws IOException {
    user.dispense("exec", name, "--", "sh", "-c", "echo work >work.txt").succeeds();
    Path worktree = root.resolve("state/sandboxes").resolve(name).resolve("worktree");
    Files.move(worktree, root.resolve("moved"));
    user.dispense("stop", "--grace", "1s", name).succeeds();

    refused(
        List.of("start @", "delete --force @"),
        worktree + ", which is mounted in it, was moved or deleted. Put it back");

    Files.move(root.resolve("moved"), worktree);
    user.dispense("start", name).succeeds();
    assertThat(user.dispense("diff", name).succeeds().stdout()).contains("+work");
  }

  @Test
  void files_that_were_deleted_by_hand_are_told_and_the_rest_of_the_work_is_there()
      throws IOException {
    Path worktree = root.resolve("state/sandboxes").resolve(name).resolve("worktree");
    user.run(List.of("rm", "-r", worktree.toString())).succeeds();

    refused(
        List.of("exec @ -- true", "claude @ tasks"),
        worktree + ", which is mounted in it, was moved or deleted.");
    user.dispense("diff", name).succeeds();
    user.dispense("fetch", name).succeeds();
  }

  @Test
  void sandboxes_are_prepared_only_for_a_repository_that_has_a_commit() throws IOException {
    String reason = "only for a git repository that has a commit";
    Path plain = Files.createDirectory(root.resolve("plain"));
    refused(user.in(plain), List.of("pool", "pool --size 2"), reason);
    user.in(plain).git("init", "--quiet").succeeds();
    refused(user.in(plain), List.of("pool"), reason);
  }

  @Test
  void an_engine_that_is_not_there_is_told() {
    CommandLine lost = user.with("DOCKER_HOST", "unix:///nowhere/docker.sock");
    refused(
        lost,
        List.of("list", "new --name other", "exec @ -- true", "diff @", "delete --force @"),
        "/nowhere/docker.sock, named by DOCKER_HOST",
        "Start the engine");
    refused(
        user.with("DOCKER_HOST", "tcp://no-such-host.invalid:2375"),
        List.of("list"),
        "there is no host of that name",
        "DOCKER_HOST");
    assertThat(root.resolve("state/sandboxes/other")).doesNotExist();
  }

  @Test
  void streams_that_are_closed_or_full_do_no_harm() {
    String script = "\"$0\" exec \"$1\" -- wc -c <&-";
    assertThat(shell(script).succeeds().stdout().strip()).isEqualTo("0");
    assertThat(shell("\"$0\" list >&- 2>&-").exitCode()).isZero();

    CommandLine.Outcome full = shell("\"$0\" list >/dev/full");
    assertThat(full.exitCode()).isEqualTo(1);
    assertThat(full.stderr()).contains("Tried to write to standard output", "No space left");
  }

  private CommandLine.Outcome shell(String script) {
    return user.run(List.of("sh", "-c", script, CommandLine.LAUNCHER.toString(), name));
  }

  private String docker(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("docker"));
    argv.addAll(List.of(arguments));
    return user.run(argv).succeeds().stdout();
  }

  private void refused(List<String> commands, String... messages) {
    refused(user, commands, messages);
  }

  private void refused(CommandLine caller, List<String> commands, String... messages) {
    for (String command : commands) {
      CommandLine.Outcome outcome = caller.dispense(command.replace("@", name).split(" ", -1));
      assertThat(outcome.exitCode()).as("%s: %s", command, outcome).isEqualTo(1);
      assertThat(outcome.stdout()).as(command).isEmpty();
      for (String message : messages) {
        assertThat(outcome.stderr()).as(command).contains(message.replace("@", name));
      }
      assertThat(outcome.stderr()).as(command).doesNotContain("\tat ", "Exception");
    }
  }
}
