package dev.dispense.examples;

import static dev.dispense.examples.Workbench.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes;
import dev.dispense.Dispense;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.model.DemoScript;
import dev.dispense.testkit.model.ModelServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in real containers. */
@RequiresDocker
@Timeout(900)
@RequiresProgram("docker")
@Tag("jdk")
class OneTaskIT {
  private static final String KEY = "sk-ant-example-0123456789";

  private final String name = "one-task-" + UUID.randomUUID().toString().substring(0, 8);
  private final Workbench workbench;
  private final Path repository;

  OneTaskIT(@TempDir Path directory) throws Exception {
    workbench = new Workbench(directory);
    repository = workbench.repository("project");
  }

  @Test
  void claudeCodeMendsAProjectInASandboxOfTheDockerProvider() throws Exception {
    DemoScript.writeProject(repository);
    git(repository, "add", ".");
    git(repository, "commit", "--quiet", "--message=Add the project");
    try (ModelServer server = ModelServer.start(new InetSocketAddress(0)).script(new DemoScript());
        Dispense dispense =
            Dispense.builder()
                .environment(workbench.realHost("docker", "claude", keyFor(server)))
                .build()) {
      Changes.Fetched fetched = OneTask.run(dispense, name, repository, DemoScript.PROMPT);

      assertThat(git(repository, "log", "-1", "--format=%s", fetched.headRef()))
          .isEqualTo("Greet by the first argument");
      assertThat(git(repository, "diff", "--name-only", "HEAD", fetched.workRef()))
          .isEqualTo("greet.sh");
      assertThat(server.requests())
          .isNotEmpty()
          .allSatisfy(request -> assertThat(request.apiKey()).contains(KEY));
      assertNothingIsLeft(dispense);
    }
  }

  @Test
  void aProviderOfYourOwnServesTheSameProgram() throws Exception {
    ScriptedAgent agent =
        ScriptedAgent.builder()
            .write("file.txt", "mended\n")
            .run("git", "commit", "--quiet", "--all", "--message=Mend it")
            .succeed("Done.")
            .build();
    try (Dispense dispense =
        Dispense.builder()
            .environment(workbench.realHost("docker-cli", ScriptedAgent.ID, Map.of()))
            .plugin(new DockerCliProvider.Factory())
            .plugin(agent)
            .build()) {
      Changes.Fetched fetched = OneTask.run(dispense, name, repository, "Mend it");

      assertThat(git(repository, "show", fetched.headRef() + ":file.txt")).isEqualTo("mended");
      assertNothingIsLeft(dispense);
    } finally {
      DockerCommand.run(List.of("network", "rm", "docker-cli"));
    }
  }

  private static Map<String, String> keyFor(ModelServer server) {
    return Map.of(
        "ANTHROPIC_API_KEY", KEY, "ANTHROPIC_BASE_URL", "http://localhost:" + server.port());
  }

  private void assertNothingIsLeft(Dispense dispense) throws Exception {
    assertThat(dispense.list()).noneMatch(sandbox -> sandbox.name().value().equals(name));
    workbench.assertNoState(repository);
    assertThat(DockerCommand.output("ps", "--all", "--format={{.Names}}")).doesNotContain(name);
  }
}
