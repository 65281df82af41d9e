package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes;
import dev.dispense.Dispense;
import dev.dispense.testkit.DispenseFixture;
import dev.dispense.testkit.DispenseTest;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.model.DemoScript;
import dev.dispense.testkit.model.ModelServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program in real containers. */
@DispenseTest
@RequiresDocker
@Timeout(900)
@RequiresProgram("docker")
@Tag("jdk")
class OneTaskIT {
  private static final String KEY = "sk-ant-example-0123456789";

  private final String name = "one-task-" + UUID.randomUUID().toString().substring(0, 8);
  private final DispenseFixture fixture;
  private final Path repository;

  OneTaskIT(DispenseFixture fixture) throws Exception {
    this.fixture = fixture;
    repository = fixture.repository("project");
  }

  @Test
  void claudeCodeMendsAProjectInASandboxOfTheDockerProvider() throws Exception {
    DemoScript.writeProject(repository);
    fixture.git(repository, "add", ".");
    fixture.git(repository, "commit", "--quiet", "--message=Add the project");
    try (ModelServer server = ModelServer.start(new InetSocketAddress(0)).script(new DemoScript());
        Dispense dispense =
            Dispense.builder()
                .environment(
                    fixture
                        .environment()
                        .withVariable("ANTHROPIC_API_KEY", KEY)
                        .withVariable("ANTHROPIC_BASE_URL", "http://localhost:" + server.port()))
                .build()) {
      Changes.Fetched fetched = OneTask.run(dispense, name, repository, DemoScript.PROMPT);

      assertThat(fixture.git(repository, "log", "-1", "--format=%s", fetched.headRef()))
          .isEqualTo("Greet by the first argument");
      assertThat(fixture.git(repository, "diff", "--name-only", "HEAD", fetched.workRef()))
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
            .environment(
                fixture
                    .environment()
                    .withSetting("provider", "docker-cli")
                    .withSetting("agent", ScriptedAgent.ID))
            .plugin(new DockerCliProvider.Factory())
            .plugin(agent)
            .build()) {
      Changes.Fetched fetched = OneTask.run(dispense, name, repository, "Mend it");

      assertThat(fixture.git(repository, "show", fetched.headRef() + ":file.txt"))
          .isEqualTo("mended");
      assertNothingIsLeft(dispense);
    } finally {
      DockerCommand.run(List.of("network", "rm", "docker-cli"));
    }
  }

  private void assertNothingIsLeft(Dispense dispense) throws Exception {
    assertThat(dispense.list()).noneMatch(sandbox -> sandbox.name().value().equals(name));
    fixture.assertNothingLeft();
    assertThat(DockerCommand.output("ps", "--all", "--format={{.Names}}")).doesNotContain(name);
  }
}
