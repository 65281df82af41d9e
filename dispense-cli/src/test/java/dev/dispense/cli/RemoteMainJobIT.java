package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job in the cloud: the built command, a real repository, and the real Claude Code in a
 * sandbox whose snapshot lacks it; the service is a fake, and the model a script.
 */
@RequiresDocker
@RequiresProgram("docker")
class RemoteMainJobIT {
  private static final String KEY = "sk-ant-canary-8c02be";

  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir Path root;
  private Path repository;
  private FakeCloud cloud;
  private CommandLine user;

  @BeforeEach
  void makeRepository() throws IOException {
    repository = root.resolve("my project");
    DemoScript.writeProject(repository);
    cloud = new FakeCloud();
    user = member("ada", repository);
    user.git("init", "--quiet", "--initial-branch=main").succeeds();
    user.git("config", "user.name", "Ada").succeeds();
    user.git("config", "user.email", "ada@example.org").succeeds();
    user.git("add", ".").succeeds();
    user.git("commit", "--quiet", "--message=Greet").succeeds();
  }

  /** Returns somebody with the organization's key, on a machine of their own. */
  private CommandLine member(String login, Path directory) {
    Map<String, String> environment = new HashMap<>(cloud.environment());
    environment.put("DISPENSE_HOME", root.resolve(login).resolve("state").toString());
    environment.put("XDG_CONFIG_HOME", root.resolve(login).resolve("config").toString());
    return new CommandLine(directory, environment);
  }

  @AfterEach
  void nothingIsLeft() {
    try {
      cloud.checkNothingIsLeft();
    } finally {
      cloud.close();
    }
    assertThat(root.resolve("ada/state/sandboxes").toFile().list()).isNullOrEmpty();
  }

  @Test
  void aTaskGoesOnWithoutItsClientAndItsWorkIsMerged() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ModelServer model = ModelServer.start(new InetSocketAddress(cloud.gateway(), 0))) {
      model.script(new HeldBack(go));
      user = user.with("ANTHROPIC_BASE_URL", model.url().toString()).with("ANTHROPIC_API_KEY", KEY);
      Path output = Files.createFile(root.resolve("output"));
      Process client =
          user.start(
              output, "new", "--remote", "--name", name, "--task", DemoScript.PROMPT, "--follow");
      CommandLine.awaitText(client, output, "Session ");
      client.destroyForcibly().waitFor();
      assertThat(Files.readString(output))
          .contains("Installing claude", "Uploading", "Sandbox '" + name + "' is ready");

      CommandLine elsewhere = member("bob", Files.createDirectories(root.resolve("bob")));
      assertThat(state(elsewhere)).isEqualTo("RUNNING");
      Path followed = Files.createFile(root.resolve("followed"));
      Process follower = elsewhere.start(followed, "claude", name, "logs", "--follow");
      CommandLine.awaitText(follower, followed, "I run the test first.");
      go.countDown();
      assertThat(follower.waitFor()).as(Files.readString(followed)).isZero();
      elsewhere.dispense("claude", name, "wait").succeeds();

      String log = elsewhere.dispense("claude", name, "logs", "1").succeeds().stdout();
      assertThat(followed).hasContent(log);
      assertThat(log)
          .containsOnlyOnce("Session ")
          .containsOnlyOnce("I run the test first.")
          .containsOnlyOnce("The test passes. I commit.")
          .containsOnlyOnce("Done:");
      assertThat(state(elsewhere)).isEqualTo("SUCCEEDED");
    }
    theWorkComesBack();
    theKeyIsNowhereAtTheService();
    user.dispense("delete", "--force", name).succeeds();
  }

  private String state(CommandLine member) throws IOException {
    String line = member.dispense("claude", name, "tasks", "--json").succeeds().stdout();
    JsonNode task = new ObjectMapper().readTree(line);
    return task.path("state").asText();
  }

  private void theWorkComesBack() {
    assertThat(user.dispense("diff", name).succeeds().stdout())
        .contains("+echo \"Hello, ${1:-world}!\"");
    user.dispense("fetch", name, "--branch", "fix-greeting").succeeds();
    assertThat(user.git("log", "--format=%an:%s", "main..fix-greeting").stdout())
        .isEqualTo("Ada:Greet by the first argument\n");
    user.dispense("merge", name).succeeds();
    assertThat(user.run(List.of("sh", "test.sh")).succeeds().stdout()).contains("ok: Hello, Ada!");
    assertThat(user.git("status", "--porcelain").stdout()).isEmpty();
    assertThat(user.git("fsck", "--strict").succeeds().stderr()).doesNotContain("error");
  }

  private void theKeyIsNowhereAtTheService() {
    assertThat(cloud.sandboxes()).hasSize(1);
    assertThat(cloud.sandboxes().toString()).doesNotContain(KEY);
    assertThat(cloud.requests()).isNotEmpty();
    assertThat(cloud.requests().toString()).doesNotContain(KEY);
  }

  @Test
  void whatIsNotCommittedIsInTheSandboxOnlyWhenItIsAskedFor() throws IOException {
    Files.writeString(repository.resolve("greet.sh"), "echo changed\n");
    Files.writeString(repository.resolve("new file"), "mine\n");
    String before = user.git("status", "--porcelain").stdout();

    CommandLine.Outcome without = create(name);
    assertThat(without.stderr()).contains("--include-uncommitted");
    assertThat(inside("git status --porcelain && ls")).isEqualTo("greet.sh\ntest.sh\n");
    user.dispense("delete", "--force", name).succeeds();

    create(name, "--include-uncommitted");
    assertThat(inside("git status --porcelain && cat greet.sh 'new file'"))
        .isEqualTo("echo changed\nmine\n");
    assertThat(user.dispense("diff", name).succeeds().stdout()).isEmpty();
    inside("echo more >>'new file'");
    user.dispense("apply", name).succeeds();
    assertThat(repository.resolve("new file")).hasContent("mine\nmore\n");
    assertThat(user.git("status", "--porcelain").stdout()).isEqualTo(before);
    user.dispense("delete", "--force", name).succeeds();
  }

  private CommandLine.Outcome create(String sandbox, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("new", "--remote", "--name", sandbox, "--skip-daemon"));
    arguments.addAll(List.of(options));
    return user.dispense(arguments.toArray(String[]::new)).succeeds();
  }

  private String inside(String script) {
    return user.dispense("exec", name, "--", "sh", "-c", script).succeeds().stdout();
  }

  @Test
  void aModelOnThisMachineIsRefusedBeforeAnythingIsMade() {
    CommandLine.Outcome refused =
        user.with("ANTHROPIC_BASE_URL", "http://localhost:4000")
            .with("ANTHROPIC_API_KEY", KEY)
            .dispense("new", "--remote", "--name", name, "--task", "Try it");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.stderr())
        .contains("http://localhost:4000", "cannot reach this machine", "ANTHROPIC_BASE_URL");
    assertThat(cloud.requests()).noneMatch(request -> request.method().equals("POST"));
  }
}
