package dev.dispense.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.TaskEvent;
import dev.dispense.TaskEvent.Message;
import dev.dispense.TaskEvent.Raw;
import dev.dispense.TaskEvent.Result;
import dev.dispense.TaskEvent.SessionStarted;
import dev.dispense.TaskEvent.ToolResult;
import dev.dispense.TaskEvent.ToolUse;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Agent.Ending;
import dev.dispense.spi.MachineSpec;
import dev.dispense.testkit.provider.ContractMachine;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptedAgentTest {
  @TempDir Path directory;
  private UnisolatedProvider provider;
  private ContractMachine machine;

  @BeforeEach
  void createMachine() {
    provider = new UnisolatedProvider(directory.resolve("machines"));
    MachineSpec spec = ContractMachine.spec(new SandboxName("scripted"), directory);
    machine = new ContractMachine(provider, provider.create(spec, Progress.Listener.NONE));
  }

  @AfterEach
  void deleteMachine() {
    provider.delete(machine.id());
    provider.close();
  }

  @Test
  void thePromptIsEchoedWordForWord() {
    ScriptedAgent agent = ScriptedAgent.builder().echoPrompt().build();
    for (String prompt :
        List.of(
            "plain",
            "two\nlines",
            "ends with a line break\n",
            "\n\n",
            "tab\there \\ back\\nslash \\t",
            ".",
            "it's $(touch pwned) \"quoted\" ü 漢字",
            "x".repeat(300_000))) {
      assertThat(run(agent, prompt).events()).containsExactly(new Message(prompt));
    }
    assertThat(machine.output("ls -A")).isEmpty();
  }

  @Test
  void eventsComeAsTheyWereGiven() {
    List<TaskEvent> events =
        List.of(
            new SessionStarted("session\\1", "model\t2", Optional.of("1")),
            new Message("it's\na $(message)\n."),
            new ToolUse("id", "Bash", "{\"command\":\"echo \\\"\\n\\\"\"}"),
            new ToolResult("id", false, ""));
    ScriptedAgent.Builder builder = ScriptedAgent.builder();
    events.forEach(builder::emit);

    assertThat(run(builder.build(), "").events()).containsExactlyElementsOf(events);
  }

  @Test
  void linesThatAreNoEventsAreRaw() {
    ScriptedAgent agent =
        ScriptedAgent.builder().printLine("no event").printLine("@result\tone field").build();

    assertThat(run(agent, "").events())
        .containsExactly(new Raw("no event"), new Raw("@result\tone field"));
  }

  @Test
  void anEventWithoutALineIsRefused() {
    assertThatThrownBy(() -> ScriptedAgent.builder().emit(new TaskEvent.ErrorOutput("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void filesAreWrittenAndCommandsRun() {
    ScriptedAgent agent =
        ScriptedAgent.builder()
            .write("a b/it's $(x)/-f", "content\n\n")
            .run("mkdir", "made dir")
            .run("false")
            .printError("oops")
            .exit(3)
            .say("not reached")
            .build();
    Run run = run(agent, "");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.events()).isEmpty();
    assertThat(run.stderr()).isEqualTo("oops\n");
    assertThat(Path.of(machine.path("a b/it's $(x)/-f"))).hasContent("content\n\n");
    assertThat(Path.of(machine.path("made dir"))).isDirectory();
  }

  @Test
  void moreThanNineStepsDoNotMixUpTheirTexts() {
    ScriptedAgent.Builder builder = ScriptedAgent.builder();
    List<TaskEvent> expected = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      builder.say("step " + i);
      expected.add(new Message("step " + i));
    }

    assertThat(run(builder.build(), "").events()).isEqualTo(expected);
  }

  @Test
  void aLongLineHasTheLengthThatWasAskedFor() {
    Run run = run(ScriptedAgent.builder().printLongLine(1_000_000).build(), "");

    assertThat(run.events()).containsExactly(new Raw("x".repeat(1_000_000)));
  }

  @Test
  void aDaemonOutlivesTheProgram() {
    run(ScriptedAgent.builder().startDaemon("daemon").build(), "");

    assertThat(machine.isAlive(machine.processId(machine.path("daemon")))).isTrue();
  }

  @Test
  void aSignalEndsTheProgram() {
    assertThat(run(ScriptedAgent.builder().dieOf(9).build(), "").exitCode()).isEqualTo(137);
  }

  @Test
  void theProgramSeesWhatWasAskedOfIt() {
    ScriptedAgent agent =
        ScriptedAgent.builder()
            .sayVariable("SCRIPTED_MODEL")
            .sayVariable("SCRIPTED_MAX_TURNS")
            .sayVariable("NOT_SET")
            .build();

    assertThat(run(agent, "").events())
        .containsExactly(new Message("model-x"), new Message("7"), new Message(""));
  }

  @Test
  void aTaskIsJudgedByItsExitCodeAndItsLastWord() {
    ScriptedAgent agent = ScriptedAgent.builder().build();
    Result success = (Result) ScriptedLines.parse("@result\ttrue\tdone\tsession");
    Result failure = (Result) ScriptedLines.parse("@result\tfalse\tno way\t");

    assertThat(judge(agent, OptionalInt.of(0), Optional.of(success))).isTrue();
    assertThat(judge(agent, OptionalInt.empty(), Optional.of(success))).isTrue();
    assertThat(judge(agent, OptionalInt.of(1), Optional.of(success))).isFalse();
    assertThat(judge(agent, OptionalInt.of(0), Optional.of(failure))).isFalse();
    assertThat(judge(agent, OptionalInt.of(0), Optional.empty())).isFalse();
  }

  @Test
  void theLineOfAResultAloneHasTheEndMarker() {
    ScriptedAgent agent = ScriptedAgent.builder().say("@result\tin a text").succeed("done").build();
    String marker = launch(agent, Map.of()).endMarker().get(0);

    assertThat(run(agent, "").stdout().lines().filter(line -> line.contains(marker))).hasSize(1);
  }

  @Test
  void aKeyThatIsMissingIsReported() {
    ScriptedAgent agent = ScriptedAgent.builder().key("SCRIPTED_KEY").build();

    assertThatThrownBy(() -> launch(agent, Map.of()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("SCRIPTED_KEY");
    assertThat(agent.credential(host(Map.of()))).isEmpty();
    Environment host = host(Map.of("SCRIPTED_KEY", "s3cret"));
    assertThat(agent.credential(host).orElseThrow()).contains("SCRIPTED_KEY").doesNotContain("s3");
    assertThat(launch(agent, host.variables()).secretVariables()).containsKey("SCRIPTED_KEY");
  }

  private record Run(int exitCode, String stdout, String stderr, List<TaskEvent> events) {}

  private Run run(ScriptedAgent agent, String prompt) {
    Agent.Launch launch = launch(agent, Map.of());
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    ByteArrayInputStream stdin = new ByteArrayInputStream(prompt.getBytes(StandardCharsets.UTF_8));
    Command command = Command.of(launch.argv()).withEnvironment(launch.environment());
    int exitCode = provider.exec(machine.id(), command, Streams.of(stdin, stdout, stderr));
    String text = stdout.toString(StandardCharsets.UTF_8);
    Agent.Parser parser = agent.parser();
    return new Run(
        exitCode,
        text,
        stderr.toString(StandardCharsets.UTF_8),
        text.lines().flatMap(line -> parser.parse(line).stream()).toList());
  }

  private Agent.Launch launch(ScriptedAgent agent, Map<String, String> environment) {
    return agent.launch(
        new Agent.Request(
            Optional.of("model-x"),
            OptionalInt.of(7),
            Optional.empty(),
            Map.of(),
            host(environment),
            machine.layout(),
            NetworkPolicy.OPEN,
            Optional.empty(),
            Optional.empty(),
            false));
  }

  private Environment host(Map<String, String> environment) {
    return Environment.in(directory)
        .withVariables(environment)
        .withStateDirectory(directory)
        .withCacheDirectory(directory)
        .withUserName("tester");
  }

  private static boolean judge(ScriptedAgent agent, OptionalInt exitCode, Optional<Result> result) {
    return agent.assess(new Ending(exitCode, result, "")).success();
  }
}
