package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.Sandbox;
import dev.dispense.testkit.DispenseFixture;
import dev.dispense.testkit.DispenseTest;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.model.ModelReply;
import dev.dispense.testkit.model.ModelServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program as processes of its own, with the real Claude Code in a real container. */
@DispenseTest
@RequiresDocker
@Timeout(900)
@RequiresProgram("docker")
class ComeBackLaterIT {
  private final String name = "later-" + UUID.randomUUID().toString().substring(0, 8);
  private final DispenseFixture fixture;
  private final Path repository;

  ComeBackLaterIT(DispenseFixture fixture) throws Exception {
    this.fixture = fixture;
    repository = fixture.repository("project");
  }

  @Test
  void aTaskOutlivesTheProcessThatWaitsForIt() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (ModelServer server = ModelServer.start(new InetSocketAddress(0))) {
      server.script(
          request -> {
            asked.countDown();
            await(mayAnswer);
            return ModelReply.text("Here I am.");
          });
      Environment host =
          fixture
              .environment()
              .withVariable("ANTHROPIC_API_KEY", "sk-ant-example-0123456789")
              .withVariable("ANTHROPIC_BASE_URL", "http://localhost:" + server.port());
      try {
        assertThat(end(program(host, "start", name, "Take your time"))).isEqualTo("Started task 1");
        await(asked);
        Process waiting = program(host, "come-back", name, "1");
        awaitWaiter(host, waiting);
        waiting.destroyForcibly().waitFor();
        mayAnswer.countDown();

        assertThat(end(program(host, "come-back", name, "1")))
            .isEqualTo("The task ended SUCCEEDED");
      } finally {
        mayAnswer.countDown();
        delete(host);
      }
    }
    fixture.assertNothingLeft();
    assertThat(DockerCommand.output("ps", "--all", "--format={{.Names}}")).doesNotContain(name);
  }

  /** Waits until a process in the sandbox waits for the task. */
  private void awaitWaiter(Environment host, Process waiting) throws InterruptedException {
    try (Dispense dispense = Dispense.builder().environment(host).build();
        Sandbox sandbox = dispense.sandbox(name)) {
      while (!sandbox.exec(Command.of("pgrep", "-f", "supervisor wait")).isSuccess()) {
        assertThat(waiting.isAlive()).as("the program that waits for the task").isTrue();
        Thread.sleep(50);
      }
    }
  }

  private void delete(Environment host) {
    try (Dispense dispense = Dispense.builder().environment(host).build();
        Sandbox sandbox = dispense.sandbox(name)) {
      sandbox.delete();
    }
  }

  private Process program(Environment host, String... arguments) throws IOException {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-cp", System.getProperty("java.class.path")));
    argv.add(ComeBackLater.class.getName());
    argv.addAll(List.of(arguments));
    ProcessBuilder program = new ProcessBuilder(argv).directory(repository.toFile());
    program.environment().clear();
    program.environment().putAll(host.variables());
    return program.redirectErrorStream(true).start();
  }

  /** Waits for the end of a program, which must be a good one, and returns its last line. */
  private static String end(Process program) throws IOException, InterruptedException {
    String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).as(output).isZero();
    return output.substring(output.stripTrailing().lastIndexOf('\n') + 1).strip();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(5, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
