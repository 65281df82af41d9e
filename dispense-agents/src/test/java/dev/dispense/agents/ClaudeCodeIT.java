package dev.dispense.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dispense.Secret;
import dev.dispense.TaskEvent;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Software;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.model.DemoScript;
import dev.dispense.testkit.model.ModelReply;
import dev.dispense.testkit.model.ModelRequest;
import dev.dispense.testkit.model.ModelServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real Claude Code, in a container, with a scripted model. */
@RequiresDocker
@Timeout(300)
@RequiresProgram("docker")
class ClaudeCodeIT {
  private static final String KEY = "sk-ant-it-0123456789";
  // What a tool sees of its own environment and of the agent's, and what it can read of the
  // agent's descriptors.
  private static final String SPY =
      "env; tr '\\0' '\\n' </proc/$PPID/environ; cat <&7;"
          + " for f in /proc/$PPID/fd/7 /proc/$PPID/fd/8; do timeout 1 cat $f; done; true";

  private static PlainContainer container;
  private static String gateway;

  private ModelServer server;

  @BeforeAll
  static void install() {
    container = PlainContainer.start();
    container.sh(
        "command -v curl git || { apt-get update -q && apt-get install -qy curl ca-certificates"
            + " git; }");
    gateway = container.gateway();
    Software claude = new ClaudeCodeAgent().software(new Requests().host()).get(0);
    PlainContainer.Output installed = container.install(claude, Map.of());
    assertThat(installed.exitCode()).as(installed.err()).isZero();
    assertThat(installed.out()).contains("Downloading @anthropic-ai/claude-code-linux-");
    assertThat(container.sh(claude.check()).out()).isEqualTo(claude.version() + "\n");
  }

  @AfterAll
  static void remove() {
    if (container != null) {
      container.close();
    }
  }

  @BeforeEach
  void startServerAndEmptyWorkspace() {
    server = ModelServer.start(new InetSocketAddress(gateway, 0));
    container.sh("rm -rf /workspace && mkdir /workspace");
  }

  @AfterEach
  void closeServer() {
    server.close();
  }

  @Test
  void mendsTestsAndCommitsTheDemonstrationProject(@TempDir Path project) throws Exception {
    DemoScript.writeProject(project);
    for (String file : List.of("greet.sh", "test.sh")) {
      container.exec(
          Files.readString(project.resolve(file)), Map.of(), "cat >\"$1\"", "/workspace/" + file);
    }
    container.sh(
        "cd /workspace && git init -q && git add . && git -c user.name=a -c user.email=a@b commit"
            + " -qm start");
    server.script(new DemoScript());

    Run run = run(requests(), DemoScript.PROMPT);

    assertThat(run.verdict).isEqualTo(Agent.Verdict.SUCCESS);
    assertThat(Samples.only(TaskEvent.SessionStarted.class, run.events)).hasSize(1);
    assertThat(Samples.only(TaskEvent.ToolUse.class, run.events))
        .extracting(TaskEvent.ToolUse::tool)
        .containsExactly("Bash", "Read", "Write", "Bash", "Bash");
    assertThat(Samples.only(TaskEvent.ToolResult.class, run.events))
        .extracting(TaskEvent.ToolResult::success)
        .containsExactly(false, true, true, true, true);
    assertThat(Samples.only(TaskEvent.Raw.class, run.events)).isEmpty();
    assertThat(run.result().text()).contains("Greet by the first argument");
    assertThat(container.sh("cd /workspace && sh test.sh && git status --porcelain").out())
        .isEqualTo("ok: Hello, world!\nok: Hello, Ada!\n");
    assertThat(run.output.lines().filter(line -> marked(line)).count()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC_API_KEY, true",
    "CLAUDE_CODE_OAUTH_TOKEN, true",
    "ANTHROPIC_AUTH_TOKEN, false"
  })
  void bringsTheKeyToTheModelAndWhereItCanNotToTheTools(String name, boolean hidden) {
    server
        .reply(ModelReply.toolUse("Bash", Map.of("command", SPY, "description", "Spy")))
        .reply(ModelReply.text("done"));

    Run run = run(keyless().secret(name, KEY), "spy");

    assertThat(run.verdict).isEqualTo(Agent.Verdict.SUCCESS);
    for (ModelRequest request : server.requests()) {
      boolean isKey = name.equals("ANTHROPIC_API_KEY");
      assertThat(request.apiKey()).isEqualTo(isKey ? Optional.of(KEY) : Optional.empty());
      assertThat(request.bearerToken()).isEqualTo(isKey ? Optional.empty() : Optional.of(KEY));
    }
    String seen = Samples.only(TaskEvent.ToolResult.class, run.events).get(0).output();
    assertThat(seen).contains("PATH=");
    if (hidden) {
      assertThat(seen).doesNotContain(KEY);
    } else {
      assertThat(seen).contains(KEY);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, The key was refused",
    "403, what its account and workspace allow",
    "404, Choose a model",
    "429, A limit of the account is reached",
    "500, a fault of its own",
    "529, overloaded"
  })
  void saysWhatToDoWhenTheModelRefuses(int status, String advice) {
    server.script(request -> ModelReply.error(status, "not today"));

    Run run = run(requests().variable("CLAUDE_CODE_MAX_RETRIES", "1"), "work");

    assertThat(run.verdict.success()).isFalse();
    assertThat(run.verdict.message()).contains(advice);
    assertThat(run.result().success()).isFalse();
  }

  @Test
  void goesOnAfterAConnectionThatBroke() {
    server
        .reply(ModelReply.text("half of it").cut())
        .reply(ModelReply.error(529, "busy"))
        .reply(ModelReply.text("all of it").slowly(Duration.ofMillis(2)));

    Run run = run(requests(), "work");

    assertThat(run.verdict).isEqualTo(Agent.Verdict.SUCCESS);
    assertThat(run.result().text()).isEqualTo("all of it");
    assertThat(Samples.only(TaskEvent.Retry.class, run.events)).isNotEmpty();
  }

  @Test
  void givesUpOnAModelThatNeverAnswers() {
    server.script(request -> ModelReply.hang());

    Run run =
        run(
            requests().variable("API_TIMEOUT_MS", "1000").variable("CLAUDE_CODE_MAX_RETRIES", "1"),
            "work");

    assertThat(run.verdict.success()).isFalse();
    assertThat(run.verdict.message()).contains("did not answer");
  }

  @Test
  void resumesASessionAndCountsOnlyItsOwnCost() {
    server.script(request -> ModelReply.text("answer to " + request.prompt()));
    TaskEvent.Result first = run(requests(), "one").result();
    Run second = run(requests().resume(first.sessionId().orElseThrow()), "two");

    assertThat(second.result().text()).isEqualTo("answer to two");
    assertThat(second.result().sessionId()).isEqualTo(first.sessionId());
    assertThat(server.requests().get(1).body()).contains("answer to one");
    double cost = first.costUsd().orElseThrow();
    assertThat(cost).isPositive();
    assertThat(second.result().costUsd().orElseThrow()).isCloseTo(cost, within(cost / 10));
  }

  @Test
  void explainsASessionThatIsNotThere() {
    Run run = run(requests().resume("99999999-2222-4333-8444-555555555555"), "work");

    assertThat(run.verdict.message()).contains("not in this sandbox");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void stopsAfterTheTurnsThatItMayTake() {
    server.script(
        request -> ModelReply.toolUse("Bash", Map.of("command", "true", "description", "-")));

    Run run = run(requests().maxTurns(2), "work");

    assertThat(run.verdict.message()).contains("number of turns (2)").contains("more turns");
  }

  @Test
  void failsForAPromptThatIsACommandOfItsOwn() {
    Run run = run(requests(), "/cost");

    assertThat(run.exitCode).isZero();
    assertThat(run.verdict.message()).contains("one of its own commands");
  }

  @Test
  void explainsWhyRootMayNotRunIt() {
    Run run = run(requests().root(false), "work");

    assertThat(run.verdict.message()).contains("IS_SANDBOX=1");
  }

  @Test
  void refusesADownloadThatIsNotWhatWasPublished() {
    Software claude = new ClaudeCodeAgent().software(new Requests().host()).get(0);
    String wrong = "A".repeat(86) + "==";

    PlainContainer.Output output =
        container.install(
            claude, Map.of("CLAUDE_INTEGRITY", "linux-x64:" + wrong + ",linux-arm64:" + wrong));

    assertThat(output.exitCode()).isEqualTo(1);
    assertThat(output.err()).contains("the sha512 of @anthropic-ai/claude-code-linux-");
    assertThat(container.sh("ls -A /opt/software").out()).isEqualTo("bin\n");
  }

  @Test
  void namesThePackageThatCannotBeHadButNotARegistrysPassword() {
    Software claude = new ClaudeCodeAgent().software(new Requests().host()).get(0);

    PlainContainer.Output output =
        container.install(
            claude,
            Map.of("npm_config_registry", "http://ada:secret@" + gateway + ":" + server.port()));

    assertThat(output.exitCode()).isEqualTo(1);
    assertThat(output.err())
        .contains("@anthropic-ai/claude-code-linux-")
        .contains("npm_config_registry");
    assertThat(output.out() + output.err()).doesNotContain("secret");
  }

  @Test
  void asksTheRegistryThatTheUserHasConfiguredInside() {
    Software claude = new ClaudeCodeAgent().software(new Requests().host()).get(0);
    container.sh("mkdir /tmp/home; echo registry=http://127.0.0.1:9/npm/ >/tmp/home/.npmrc");

    PlainContainer.Output output =
        container.install(claude, Map.of("HOME", "/tmp/home", "npm_config_registry", ""));

    assertThat(output.exitCode()).isEqualTo(1);
    assertThat(output.err()).contains("could not be downloaded from http://127.0.0.1:9/npm ");
  }

  private record Run(int exitCode, String output, List<TaskEvent> events, Agent.Verdict verdict) {
    TaskEvent.Result result() {
      List<TaskEvent.Result> results = Samples.only(TaskEvent.Result.class, events);
      assertThat(results).as(output).hasSize(1);
      return results.get(0);
    }
  }

  private Requests requests() {
    return keyless().secret("ANTHROPIC_API_KEY", KEY);
  }

  private Requests keyless() {
    return new Requests()
        .variable("ANTHROPIC_BASE_URL", "http://localhost:" + server.port())
        .hostAddress(gateway)
        .root(true);
  }

  /** Runs the agent, delivering its secrets as the supervisor does, through pipes. */
  private static Run run(Requests requests, String prompt) {
    Agent.Launch launch = requests.launch();
    Map<String, String> environment = new HashMap<>(launch.environment());
    StringBuilder script = new StringBuilder("cd /workspace\n");
    int descriptor = 7;
    for (Map.Entry<String, Secret> secret : launch.secretDescriptors().entrySet()) {
      String file = "/run/" + secret.getKey();
      container.exec(secret.getValue().reveal(), Map.of(), "umask 077; cat >\"$1\"", file);
      // In dash a short here-document is a pipe.
      script.append("key=$(cat ").append(file).append("); rm ").append(file).append('\n');
      script.append("exec ").append(descriptor).append("<<EOF\n$key\nEOF\n");
      environment.put(secret.getKey(), Integer.toString(descriptor));
      descriptor++;
    }
    launch.secretVariables().forEach((name, secret) -> environment.put(name, secret.reveal()));
    script.append("exec \"$@\"");
    PlainContainer.Output output =
        container.exec(
            prompt, environment, script.toString(), launch.argv().toArray(new String[0]));
    List<TaskEvent> events = Samples.events(output.out().lines().toList());
    List<TaskEvent.Result> results = Samples.only(TaskEvent.Result.class, events);
    Agent.Verdict verdict =
        new ClaudeCodeAgent()
            .assess(
                new Agent.Ending(
                    OptionalInt.of(output.exitCode()),
                    results.stream().reduce((first, second) -> second),
                    output.err()));
    return new Run(output.exitCode(), output.out(), events, verdict);
  }

  private static boolean marked(String line) {
    return ClaudeLaunch.END_MARKER.stream().allMatch(line::contains);
  }
}
