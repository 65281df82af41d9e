package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.model.DemoScript;
import dev.dispense.testkit.model.ModelReply;
import dev.dispense.testkit.model.ModelServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway ends while the real Claude Code works; only the model is a script. */
@RequiresDocker
@RequiresProgram("docker")
class GatewayOutageIT {
  private final String name = "outage-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir Path root;
  private ModelServer model;
  private CommandLine user;

  @BeforeEach
  void createSandbox() throws IOException {
    model = ModelServer.start(new InetSocketAddress("0.0.0.0", 0)).script(new DemoScript());
    user =
        CommandLine.inRepository(root)
            .with("ANTHROPIC_BASE_URL", "http://localhost:" + model.port())
            .with("ANTHROPIC_API_KEY", "sk-ant-test");
    DemoScript.writeProject(root.resolve("repository"));
    user.git("add", ".").succeeds();
    user.git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "Greet").succeeds();
    user.dispense("new", "--name", name).succeeds();
  }

  @AfterEach
  void deleteSandbox() {
    user.dispense("delete", "--force", "--discard", name).succeeds();
    model.close();
  }

  @Test
  void aTaskWhoseGatewayIsKilledInTheMiddleOfAnAnswerSucceeds() throws Exception {
    AtomicBoolean isAnswered = new AtomicBoolean();
    String endless = "I look at what the test says. ".repeat(500);
    model.script(
        request ->
            request.toolResults().size() == 1 && !isAnswered.getAndSet(true)
                ? ModelReply.text(endless).slowly(Duration.ofMillis(200))
                : new DemoScript().apply(request));
    Path output = Files.createFile(root.resolve("output"));
    Process client = user.start(output, "claude", name, "run", DemoScript.PROMPT, "--follow");
    while (!isAnswered.get()) {
      assertThat(client.isAlive()).as(Files.readString(output)).isTrue();
      LockSupport.parkNanos(5_000_000);
    }

    String gateway = gateway();
    docker("exec", gateway, "sh", "-c", "kill -s KILL -- -1");

    assertThat(client.waitFor()).as(Files.readString(output)).isZero();
    assertThat(model.requests()).hasSizeGreaterThan(6);
    assertThat(docker("inspect", "--format", "{{.RestartCount}}", gateway)).isNotEqualTo("0\n");
    assertThat(user.dispense("exec", name, "--", "git", "log", "--format=%s").stdout())
        .startsWith("Greet by the first argument\n");
  }

  /** Returns the id of the gateway of this test's state directory. */
  private String gateway() {
    List<String> ids =
        docker("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.Mounts}}")
            .lines()
            .filter(line -> line.contains("dispense-gateway-") && line.contains(root.toString()))
            .map(line -> line.substring(0, line.indexOf(' ')))
            .toList();
    assertThat(ids).hasSize(1);
    return ids.get(0);
  }

  private String docker(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("docker"));
    argv.addAll(List.of(arguments));
    return user.run(argv).stdout();
  }
}
