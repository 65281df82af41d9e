package dev.dispense.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.ExecResult;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the user's settings open to each sandbox: a Git host and a registry that want a key. */
@RequiresDocker
class ConfiguredRoutesIT {
  private static final String KEY = "canary-5c1f";

  @TempDir Path temporary;
  private final List<String> notices = new ArrayList<>();
  private GitServer git;
  private EchoServer registry;
  private Environment host;
  private Dispense dispense;

  @BeforeEach
  void open() throws Exception {
    commitInto(temporary.resolve("served/repo.git"));
    git = new GitServer(temporary.resolve("served"), "Basic cmVhZGVyOmNhbmFyeS01YzFm");
    registry = new EchoServer();
    Map<String, String> environment = new TreeMap<>(TestHost.real().variables());
    environment.put("GIT_TOKEN", KEY);
    environment.put("DISPENSE_ROUTE_NPM_URL", "http://localhost:" + registry.port());
    environment.put("DISPENSE_ROUTE_NPM_HEADER_AUTHORIZATION", "Bearer env:GIT_TOKEN");
    host =
        TestHost.at(
            temporary.resolve("state"),
            TestHost.with(
                environment,
                Map.of(
                    "route.git.url",
                    "http://localhost:" + git.port() + "/hosted/",
                    "route.git.header.Authorization",
                    "Basic reader env:GIT_TOKEN")));
    dispense = dispense(host);
  }

  private static Dispense dispense(Environment host) {
    return Dispense.builder()
        .environment(host)
        .withoutClassPath()
        .plugin(new DockerProviderFactory())
        .plugin(ScriptedAgent.builder("scripted").build())
        .build();
  }

  private static void commitInto(Path repository) throws IOException, InterruptedException {
    Files.createDirectories(repository);
    String script =
        "git init -q --bare . && echo content >../file && blob=$(git hash-object -w ../file)"
            + " && tree=$(printf '100644 blob %s\\tfile\\n' \"$blob\" | git mktree)"
            + " && git update-ref HEAD $(git -c user.name=a -c user.email=a@b.invalid commit-tree"
            + " -m one \"$tree\")";
    assertThat(
            new ProcessBuilder("sh", "-c", script)
                .directory(repository.toFile())
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  @AfterEach
  void close() {
    dispense.close();
    git.close();
    registry.close();
  }

  private static SandboxSpec spec(NetworkPolicy policy) {
    return SandboxSpec.builder("routes-it-" + UUID.randomUUID().toString().substring(0, 8))
        .agent("scripted")
        .network(policy)
        .withoutSupervisor()
        .build();
  }

  private Sandbox sandbox(NetworkPolicy policy) {
    return dispense.create(
        spec(policy),
        new Progress.Listener() {
          @Override
          public void onProgress(Progress progress) {}

          @Override
          public void onNotice(String notice) {
            notices.add(notice);
          }
        });
  }

  private static String sh(Sandbox sandbox, String script) {
    ExecResult result = sandbox.exec(Command.of("sh", "-c", script + " 2>&1").in("/tmp"));
    return result.stdout().strip();
  }

  @Test
  void aSandboxClonesAndAsksARegistryWithKeysThatItHasNot() {
    try (Sandbox sandbox = sandbox(NetworkPolicy.NONE)) {
      try {
        assertThat(sh(sandbox, "git clone -q \"$DISPENSE_ROUTE_GIT/repo.git\" && cat repo/file"))
            .isEqualTo("content");
        assertThat(git.requests())
            .contains(
                "GET /hosted/repo.git/info/refs?service=git-upload-pack",
                "POST /hosted/repo.git/git-upload-pack");
        assertThat(sh(sandbox, "git ls-remote \"$DISPENSE_ROUTE_GIT/moved.git\" HEAD"))
            .as("an answer that leads elsewhere at the same server")
            .endsWith("HEAD");
        assertThat(sh(sandbox, "curl -s \"$DISPENSE_ROUTE_NPM/@scope%2fname?x=1\""))
            .isEqualTo("GET /@scope%2fname?x=1");
        assertThat(registry.header("authorization")).containsExactly("Bearer " + KEY);
        assertThat(
                sh(
                    sandbox,
                    "grep -rsE 'canary-5c1[f]|Y2FuYXJ5LTVjMW[Y]' /proc/[0-9]*/environ"
                        + " /proc/[0-9]*/cmdline /run /tmp /home /dispense /etc /workspace; env"
                        + " | grep canary-5c1[f]; true"))
            .isEmpty();
        assertThat(sandbox.network().traffic().routes())
            .extracting(it -> it.route())
            .containsExactly("git", "npm");
        assertThat(notices).isEmpty();
      } finally {
        sandbox.delete();
      }
      assertThat(temporary.resolve("state/gateway")).isDirectoryNotContaining(Files::isDirectory);
    }
  }

  @Test
  void anOpenSandboxHasNoneAndThatIsTold() {
    try (Sandbox sandbox = sandbox(NetworkPolicy.OPEN)) {
      try {
        assertThat(sh(sandbox, "env | grep ROUTE; true")).isEmpty();
        assertThat(notices).anySatisfy(it -> assertThat(it).contains("(git, npm)", "no gateway"));
      } finally {
        sandbox.delete();
      }
    }
  }

  @Test
  void aCreationThatFailsWhenTheyAreOpenLeavesNothing() {
    Environment failing =
        host.withCheckpoints(
            step -> {
              if (step.equals("routes opened")) {
                throw new IllegalStateException("for the test");
              }
            });
    SandboxSpec spec = spec(NetworkPolicy.NONE);
    try (Dispense other = dispense(failing)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> other.create(spec))
          .withMessage("for the test");
      assertThat(other.list()).noneMatch(it -> it.name().equals(spec.name()));
    }
    assertThat(temporary.resolve("state/gateway")).isDirectoryNotContaining(Files::isDirectory);
  }
}
