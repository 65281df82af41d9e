package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.model.DemoScript;
import dev.dispense.testkit.model.ModelServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job as a user does it: the built command, a real repository, a real container and the
 * real Claude Code in it; only the model is a script.
 */
@RequiresDocker
@RequiresProgram("docker")
@Tag("jdk")
class MainJobIT {
  private static final String KEY = "sk-ant-canary-5d1f0a";

  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir Path root;
  private Path repository;
  private Path home;
  private ModelServer model;
  private CommandLine user;

  @BeforeEach
  void makeRepository() throws IOException {
    repository = root.resolve("my project");
    home = root.resolve("state");
    DemoScript.writeProject(repository);
    model = ModelServer.start(new InetSocketAddress("0.0.0.0", 0)).script(new DemoScript());
    user =
        new CommandLine(
            repository,
            Map.of(
                "DISPENSE_HOME",
                home.toString(),
                "XDG_CONFIG_HOME",
                root.resolve("config").toString(),
                "ANTHROPIC_BASE_URL",
                "http://localhost:" + model.port(),
                "ANTHROPIC_API_KEY",
                KEY));
    user.git("init", "--quiet", "--initial-branch=main").succeeds();
    user.git("config", "user.name", "Ada").succeeds();
    user.git("config", "user.email", "ada@example.org").succeeds();
    user.git("add", ".").succeeds();
    user.git("commit", "--quiet", "--message=Greet").succeeds();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    user.dispense("delete", "--force", "--discard", name);
    model.close();
    assertThat(user.git("worktree", "list").stdout().lines()).hasSize(1);
    assertThat(user.git("branch", "--list", "dispense/*").stdout()).isEmpty();
    assertThat(containers()).isEmpty();
    if (Files.exists(home.resolve("sandboxes"))) {
      try (Stream<Path> left = Files.list(home.resolve("sandboxes"))) {
        assertThat(left).isEmpty();
      }
    }
  }

  private String containers() {
    return user.run(
            List.of(
                "docker",
                "ps",
                "--all",
                "--quiet",
                "--filter",
                "label=dev.dispense.sandbox=" + name))
        .stdout();
  }

  @Test
  void aTaskBecomesABranch() throws IOException {
    String before = fingerprint();
    user.dispense("new", "--name", name, "--task", DemoScript.PROMPT).succeeds();
    assertThat(user.git("worktree", "list").stdout()).contains("[dispense/" + name + "]");

    String log = user.dispense("claude", name, "logs", "--follow").succeeds().stdout();
    assertThat(log).contains("sh test.sh", "The test passes", "Done:");

    JsonNode task = json(user.dispense("claude", name, "tasks", "--json").succeeds().stdout());
    assertThat(task.path("id").asInt()).isEqualTo(1);
    assertThat(task.path("state").asText()).isEqualTo("SUCCEEDED");
    assertThat(task.path("exitCode").asInt()).isZero();

    // As the agent's user, in the sandbox.
    CommandLine.Outcome inside =
        user.dispense(
                "exec",
                name,
                "--",
                "sh",
                "-c",
                "git log --format=%an:%s && git status --short && echo more >>greet.sh"
                    + " && echo new >notes.txt && git diff --stat && sh test.sh")
            .succeeds();
    assertThat(inside.stdout()).contains("Ada:Greet by the first argument", "ok: Hello, Ada!");

    assertThat(user.dispense("diff", name).succeeds().stdout())
        .contains("+echo \"Hello, ${1:-world}!\"", "+++ b/notes.txt");

    user.dispense("fetch", name, "--branch", "fix-greeting").succeeds();
    assertThat(
            user.git("log", "--format=%s", "main.." + "refs/dispense/" + name + "/head").stdout())
        .isEqualTo("Greet by the first argument\n");
    assertThat(user.git("show", "fix-greeting:notes.txt").stdout()).isEqualTo("new\n");
    assertThat(user.git("fsck", "--strict").succeeds().stderr()).doesNotContain("error");
    assertThat(fingerprint()).isEqualTo(before);

    assertThat(user.dispense("delete", "--force", name).succeeds().stdout()).doesNotContain("kept");
    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  void aTaskThatReachesItsLimitFailsAndItsWorkStays() {
    user.dispense("new", "--name", name).succeeds();
    CommandLine.Outcome run =
        user.dispense("claude", name, "run", DemoScript.PROMPT, "--max-requests", "3", "--follow");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.stderr())
        .contains("Task 1 has failed", "limit of 3 requests", "Give a task more requests");
    assertThat(run.stdout()).doesNotContain("Trying again");
    JsonNode task = json(user.dispense("claude", name, "tasks", "1", "--json").stdout());
    assertThat(task.path("state").asText()).isEqualTo("FAILED");
    assertThat(task.path("requests").asInt()).isEqualTo(3);
    assertThat(task.path("received").asLong()).isPositive();
    assertThat(task.path("tokens").isNumber()).isTrue();
    assertThat(user.dispense("claude", name, "tasks", "1").stdout()).contains("3 requests, ");
    assertThat(user.dispense("list", "-v").stdout())
        .containsPattern(name + " .* allow \\(26 hosts\\) +gateway ");
    assertThat(user.dispense("network", name).stdout())
        .containsPattern("(?m)^anthropic +[0-9]+ +[0-9]+ +[0-9.]+ [KM]iB +.* ago$");
    assertThat(user.dispense("diff", name).succeeds().stdout()).contains("+echo \"Hello, ${1");

    user.dispense("claude", name, "run", DemoScript.PROMPT, "--resume", "1", "--follow").succeeds();
    assertThat(user.dispense("exec", name, "--", "git", "log", "--format=%s").stdout())
        .startsWith("Greet by the first argument\n");
  }

  @Test
  void workThatWasNotFetchedSurvivesTheDeletion() {
    user.dispense("new", "--name", name).succeeds();
    user.dispense("exec", name, "--", "sh", "-c", "echo precious >work.txt").succeeds();
    CommandLine.Outcome deleted = user.dispense("delete", "--force", name).succeeds();
    assertThat(deleted.stdout() + deleted.stderr()).contains("refs/dispense/" + name + "/work");
    assertThat(user.git("show", "refs/dispense/" + name + "/work:work.txt").stdout())
        .isEqualTo("precious\n");
  }

  @Test
  void workSurvivesTheRemovalOfItsContainer() {
    user.dispense("new", "--name", name).succeeds();
    user.dispense("exec", name, "--", "sh", "-c", "echo precious >work.txt").succeeds();
    user.run(List.of("docker", "rm", "--force", containers().strip())).succeeds();

    CommandLine.Outcome exec = user.dispense("exec", name, "--", "true");
    assertThat(exec.exitCode()).isEqualTo(1);
    assertThat(exec.stderr()).contains("is gone", "dispense delete " + name);
    assertThat(user.dispense("list", "--json").succeeds().stdout().lines())
        .filteredOn(line -> line.contains("\"" + name + "\""))
        .singleElement(STRING)
        .contains("\"GONE\"");

    user.dispense("delete", "--force", name).succeeds();
    assertThat(user.git("show", "refs/dispense/" + name + "/work:work.txt").stdout())
        .isEqualTo("precious\n");
  }

  @Test
  void aTaskGoesOnWhenItsClientIsKilled() throws Exception {
    user.dispense("new", "--name", name).succeeds();
    Path output = Files.createFile(root.resolve("output"));
    CountDownLatch go = new CountDownLatch(1);
    model.script(new HeldBack(go));
    Process client = user.start(output, "claude", name, "run", DemoScript.PROMPT, "--follow");
    CommandLine.awaitText(client, output, "Session ");
    client.destroyForcibly().waitFor();
    assertThat(
            json(user.dispense("claude", name, "tasks", "--json").stdout()).path("state").asText())
        .isEqualTo("RUNNING");
    go.countDown();

    user.dispense("claude", name, "wait").succeeds();
    assertThat(user.dispense("claude", name, "logs", "1").succeeds().stdout())
        .contains("Session ", "I run the test first.", "Done:");
    assertThat(user.dispense("exec", name, "--", "git", "log", "--format=%s").stdout())
        .startsWith("Greet by the first argument\n");
  }

  @Test
  void manySandboxesWorkOnOneRepositoryAtATime() throws Exception {
    List<String> names = List.of(name + "-1", name + "-2", name + "-3");
    List<Process> clients = new ArrayList<>();
    Path output = Files.createFile(root.resolve("output"));
    for (String each : names) {
      clients.add(
          user.start(output, "new", "--name", each, "--task", DemoScript.PROMPT, "--follow"));
    }
    for (Process client : clients) {
      assertThat(client.waitFor()).as(Files.readString(output)).isZero();
    }
    for (String each : names) {
      user.dispense("fetch", each, "--branch", "fix-" + each).succeeds();
      assertThat(user.git("log", "--format=%s", "main..fix-" + each).stdout())
          .isEqualTo("Greet by the first argument\n");
      user.dispense("delete", "--force", each).succeeds();
    }
  }

  /** Index, configuration, hooks, HEAD, branches and files of the user's checkout. */
  private String fingerprint() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String file : List.of("index", "config", "HEAD")) {
      byte[] bytes = Files.readAllBytes(repository.resolve(".git").resolve(file));
      all.append(file).append(Arrays.hashCode(bytes)).append('\n');
    }
    try (Stream<Path> hooks = Files.list(repository.resolve(".git/hooks"))) {
      all.append(hooks.sorted().toList()).append('\n');
    }
    all.append(user.git("rev-parse", "main").stdout());
    all.append(user.git("status", "--porcelain", "--ignored").stdout());
    all.append(Files.exists(repository.resolve(".git/FETCH_HEAD")));
    return all.toString();
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }
}
