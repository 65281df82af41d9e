package dev.dispense.testkit.escape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.Secret;
import dev.dispense.Source;
import dev.dispense.Task;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.provider.ContractMachine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A key reaches the process of the agent, and nothing else ever has it. */
abstract class EscapeKeysContract extends EscapePart {
  // Of this program alone: without isolation, the processes of other tests are seen too. Searched
  // for by a pattern that it does not match, so that nothing finds itself.
  private static final String UNIQUE = UUID.randomUUID().toString();
  private static final String KEY = "canary-key-" + UNIQUE + "x";
  private static final String SEARCHED = UNIQUE + "[x]";
  private static final Duration LONG = Duration.ofSeconds(60);

  EscapeKeysContract(EscapeContract contract) {
    super(contract);
  }

  @Test
  void aKeyThatIsReadFromADescriptorIsInNoEnvironmentAndNoFile() throws IOException {
    Agent agent =
        ScriptedAgent.builder()
            .keyByDescriptor("KEY_DESCRIPTOR")
            .awaitFile("look")
            .run("sh", "-c", "test -p /dev/fd/$KEY_DESCRIPTOR && echo a pipe")
            .awaitFile("go")
            .succeed("Done.")
            .build();
    try (Dispense keyed = contract.open(agent);
        Sandbox sandbox =
            keyed.create(
                spec(contract.name()).source(Source.directory(contract.repository)).build())) {
      TaskSpec spec = TaskSpec.builder("Work").secret("KEY_DESCRIPTOR", Secret.of(KEY)).build();
      Task task = sandbox.run(spec);
      sandbox.exec(Command.of("touch", "look"));
      ContractMachine.await("the key to be read", () -> log(task).contains("a pipe"));

      assertThat(processesWithKey(sandbox)).isEmpty();
      assertThat(filesWithKey(sandbox)).isEmpty();
      assertNowhereOnThisMachine(sandbox, task, spec);
      sandbox.exec(Command.of("touch", "go"));
      assertThat(task.await(LONG).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      assertThat(processesWithKey(sandbox)).isEmpty();
      assertThat(filesWithKey(sandbox)).isEmpty();
      assertNowhereOnThisMachine(sandbox, task, spec);
    }
  }

  @Test
  void aKeyThatIsAVariableIsInTheEnvironmentOfTheAgentAlone() throws IOException {
    Agent agent =
        ScriptedAgent.builder()
            .key("CANARY_KEY")
            .say("ready")
            .awaitFile("go")
            .succeed("Done.")
            .build();
    try (Dispense keyed = contract.open(agent);
        Sandbox sandbox = keyed.create(spec(contract.name()).build())) {
      TaskSpec spec = TaskSpec.builder("Work").secret("CANARY_KEY", Secret.of(KEY)).build();
      Task task = sandbox.run(spec);
      ContractMachine.await("the agent", () -> log(task).contains("ready"));

      assertThat(processesWithKey(sandbox))
          .isNotEmpty()
          .allMatch(environment -> environment.contains("DISPENSE_TASK="));
      assertThat(filesWithKey(sandbox)).isEmpty();
      assertThat(sandbox.exec(Command.of("printenv", "CANARY_KEY")).stdout()).isEmpty();
      sandbox.exec(Command.of("touch", "go"));
      task.await(LONG);
      assertThat(processesWithKey(sandbox)).isEmpty();
      assertNowhereOnThisMachine(sandbox, task, spec);
    }
  }

  @Test
  void aKeyOfATaskThatNeverBeganIsTakenAwayToo() throws IOException {
    Agent agent =
        ScriptedAgent.builder().key("CANARY_KEY").say("ready").awaitFile("go").succeed("").build();
    try (Dispense keyed = contract.open(agent);
        Sandbox sandbox = keyed.create(spec(contract.name()).build())) {
      TaskSpec spec = TaskSpec.builder("Work").secret("CANARY_KEY", Secret.of(KEY)).build();
      Task first = sandbox.run(spec);
      Task second = sandbox.run(spec);
      second.cancel();
      sandbox.exec(Command.of("touch", "go"));
      first.await(LONG);

      assertThat(second.await(LONG).state()).isEqualTo(TaskInfo.State.CANCELLED);
      assertThat(filesWithKey(sandbox)).isEmpty();
      assertThat(sandbox.exec(Command.of("ls", "-A", layout(sandbox).secrets())).stdout())
          .isEmpty();
    }
  }

  @Test
  void anAgentThatCrashesLeavesNoImageOfItsMemory() throws IOException {
    Agent agent =
        ScriptedAgent.builder()
            .key("CANARY_KEY")
            .run("sh", "-c", "echo limit $(ulimit -H -c)")
            .dieOf(6)
            .build();
    try (Dispense keyed = contract.open(agent);
        Sandbox sandbox = keyed.create(spec(contract.name()).build())) {
      Task task =
          sandbox.run(TaskSpec.builder("Work").secret("CANARY_KEY", Secret.of(KEY)).build());

      assertThat(task.await(LONG).state()).isEqualTo(TaskInfo.State.FAILED);
      assertThat(log(task)).contains("limit 0");
      assertThat(filesWithKey(sandbox)).isEmpty();
    }
  }

  /** Returns the environments and arguments, each on a line, that have the key in them. */
  private static List<String> processesWithKey(Sandbox sandbox) {
    String script =
        "for d in /proc/[0-9]*; do for f in environ cmdline; do"
            + " tr '\\0\\n' '  ' <$d/$f 2>/dev/null; echo; done; done | grep '"
            + SEARCHED
            + "'; :";
    return sandbox.exec(Command.of("sh", "-c", script)).stdout().lines().toList();
  }

  private List<String> filesWithKey(Sandbox sandbox) {
    String shared = can(Capability.ISOLATION) ? " /tmp /run /var /opt /root" : "";
    String script = "grep -rls '" + SEARCHED + "' \"$@\"" + shared + " 2>/dev/null; :";
    return sandbox
        .exec(
            Command.of(
                "sh",
                "-c",
                script,
                "sh",
                layout(sandbox).workspace(),
                layout(sandbox).dispense(),
                layout(sandbox).home(),
                layout(sandbox).secrets()))
        .stdout()
        .lines()
        .toList();
  }

  private void assertNowhereOnThisMachine(Sandbox sandbox, Task task, TaskSpec spec)
      throws IOException {
    List<TaskEvent> events = new ArrayList<>();
    task.replay(events::add);
    TaskInfo info = sandbox.task(task.id()).info();
    assertThat(log(task) + events + info + spec + spec.secrets() + sandbox.info() + contract.host)
        .doesNotContain(KEY);
    try (SandboxProvider provider = contract.factory.open(contract.host)) {
      Machine machine = provider.find(sandbox.name()).orElseThrow();
      assertThat(machine.toString()).doesNotContain(KEY);
    }
    try (Stream<Path> files = Files.walk(contract.host.stateDirectory())) {
      for (Path file :
          files.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1).contains(KEY))
            .as("the key is in %s", file)
            .isFalse();
      }
    }
  }

  private static String log(Task task) {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    task.log(0, false, log);
    return log.toString(StandardCharsets.UTF_8);
  }
}
