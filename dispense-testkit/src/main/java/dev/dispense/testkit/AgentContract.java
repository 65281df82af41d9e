package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Secret;
import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.spi.Agent;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.Software;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link Agent} must do. Extend it in a test of the agent; the hooks say what the agent
 * is and what its output looks like.
 */
public abstract class AgentContract {
  private static final String KEY = "sk-contract-0123456789abcdef";

  @TempDir Path directory;

  /** Makes the contract. */
  protected AgentContract() {}

  /** Returns the agent. */
  protected abstract Agent agent();

  /**
   * Returns the names of the secrets with which the agent can start; empty when it needs none. Each
   * alone must be enough.
   */
  protected abstract List<String> secretNames();

  /**
   * Returns the lines of a run that succeeded, from the agent itself and not made up; its last
   * result must be a success.
   */
  protected abstract List<String> successfulOutput();

  /** Returns the lines of a run that failed: its result says so, or else its exit code. */
  protected abstract List<String> failedOutput();

  /** Returns the exit code of the run that failed. Default: 0, as its result says that it did. */
  protected int failedExitCode() {
    return 0;
  }

  /** Returns an id of a session that can be resumed; empty when the agent has no sessions. */
  protected abstract Optional<String> session();

  /** Returns a host without any variable or setting. */
  protected Environment host() {
    Path nowhere = Path.of("/nonexistent");
    return Environment.in(nowhere)
        .withStateDirectory(nowhere)
        .withCacheDirectory(nowhere)
        .withUserName("ada");
  }

  /** Returns a request with that key under that name. */
  protected Agent.Request request(String secretName) {
    return new Agent.Request(
        Optional.of("some-model"),
        OptionalInt.of(7),
        session(),
        Map.of(secretName, Secret.of(KEY)),
        host(),
        new SandboxLayout("/workspace", "/dispense", "/home/agent", "/dispense/secrets"),
        NetworkPolicy.OPEN,
        Optional.of("172.17.0.1"),
        Optional.empty(),
        true);
  }

  @Test
  void isFoundByItsIdWhichIsAWord() {
    assertThat(agent().id()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    assertThat(agent().displayName()).isNotBlank();
    assertThat(ServiceLoader.load(Agent.class).stream())
        .anyMatch(provider -> provider.type().equals(agent().getClass()));
  }

  @Test
  void needsItsOwnProgramFirst() {
    List<Software> software = agent().software(host());

    assertThat(software).allSatisfy(each -> assertThat(each.version()).isNotBlank());
    assertThat(software).extracting(Software::id).doesNotHaveDuplicates();
  }

  @Test
  void keepsSecretsOutOfArgumentsAndPlainVariables() {
    for (String name : secretNames()) {
      Agent.Launch launch = agent().launch(request(name));

      assertThat(launch.argv()).isNotEmpty().noneMatch(argument -> argument.contains(KEY));
      assertThat(launch.environment().values()).noneMatch(value -> value.contains(KEY));
      assertThat(launch.toString()).doesNotContain(KEY);
      List<Secret> delivered = new ArrayList<>(launch.secretVariables().values());
      delivered.addAll(launch.secretDescriptors().values());
      assertThat(delivered).containsOnlyOnce(Secret.of(KEY));
    }
  }

  @Test
  void givesArgumentsAndVariablesThatAProcessCanHave() {
    for (String name : secretNames()) {
      Agent.Launch launch = agent().launch(request(name));

      assertThat(launch.argv()).noneMatch(argument -> argument.indexOf('\0') >= 0);
      assertThat(names(launch)).allMatch(variable -> variable.matches("[A-Za-z_][A-Za-z0-9_]*"));
      assertThat(names(launch)).doesNotHaveDuplicates();
      assertThat(launch.grace()).isPositive();
    }
  }

  @Test
  void saysWhatIsMissingWithoutAKey() {
    if (secretNames().isEmpty()) {
      return;
    }
    assertThat(agent().credential(host())).isEmpty();
    Agent.Request keyless = withoutSecrets(request(secretNames().get(0)));
    assertThatThrownBy(() -> agent().launch(keyless))
        .isInstanceOf(DispenseException.class)
        .hasMessageContaining(secretNames().get(0));
  }

  @Test
  void namesTheSourceOfAKeyButNotTheKey() {
    for (String name : secretNames()) {
      Environment empty = host();
      Environment host =
          Environment.in(empty.userHome())
              .withVariables(Map.of(name, KEY))
              .withSettings(empty.settings())
              .withStateDirectory(empty.stateDirectory())
              .withCacheDirectory(empty.cacheDirectory())
              .withUserName(empty.userName())
              .withClock(empty.clock());
      assertThat(agent().credential(host)).get().asString().contains(name).doesNotContain(KEY);
    }
  }

  @Test
  void parsesItsOwnOutput() {
    assertThat(judge(successfulOutput(), OptionalInt.of(0)).success()).isTrue();
    Agent.Verdict failure = judge(failedOutput(), OptionalInt.of(failedExitCode()));
    assertThat(failure.success()).isFalse();
    assertThat(failure.message()).isNotBlank();
  }

  @Test
  void itsTasksEndAsItsOutputSays() throws IOException {
    Agent.Launch launch = agent().launch(anyRequest());
    try (AgentReplay succeeded =
            new AgentReplay(agent(), launch, directory, successfulOutput(), 0);
        AgentReplay failed =
            new AgentReplay(agent(), launch, directory, failedOutput(), failedExitCode())) {
      assertThat(succeeded.run().state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      TaskInfo failure = failed.run();
      assertThat(failure.state()).isEqualTo(TaskInfo.State.FAILED);
      assertThat(failure.message()).isNotBlank();
    }
  }

  @Test
  void believesAResultWhenItsProcessHadToBeKilled() {
    if (!agent().reportsResult()) {
      return;
    }
    assertThat(judge(successfulOutput(), OptionalInt.empty()).success()).isTrue();
  }

  @Test
  void marksItsResultsAndNothingElse() {
    List<String> marker = agent().launch(anyRequest()).endMarker();
    if (marker.isEmpty()) {
      return;
    }
    for (List<String> output : List.of(successfulOutput(), failedOutput())) {
      for (String line : output) {
        boolean result =
            agent().parser().parse(line).stream().anyMatch(TaskEvent.Result.class::isInstance);
        assertThat(marker.stream().allMatch(line::contains)).as(line).isEqualTo(result);
      }
    }
  }

  @Test
  void whereItReportsNoResultItsExitCodeDecides() {
    if (agent().reportsResult()) {
      return;
    }
    assertThat(judge(List.of(), OptionalInt.of(0)).success()).isTrue();
    assertThat(judge(List.of(), OptionalInt.of(1)).success()).isFalse();
    assertThat(judge(List.of(), OptionalInt.empty()).success()).isFalse();
  }

  @Test
  void countsNoResultAsAFailureWhateverTheExitCode() {
    if (!agent().reportsResult()) {
      return;
    }
    for (OptionalInt exitCode :
        List.of(OptionalInt.of(0), OptionalInt.of(1), OptionalInt.of(137), OptionalInt.empty())) {
      Agent.Verdict verdict = judge(List.of(), exitCode);

      assertThat(verdict.success()).as("exit code %s", exitCode).isFalse();
      assertThat(verdict.message()).isNotBlank();
    }
  }

  @Test
  void showsTheEndOfItsErrorOutputToThePersonWithoutControlCharacters() {
    Agent.Verdict verdict =
        agent()
            .assess(
                new Agent.Ending(
                    OptionalInt.of(1), Optional.empty(), "\u001B[31mno such thing\u001B[0m\n"));

    assertThat(verdict.message()).contains("no such thing").doesNotContain("\u001B");
  }

  @Test
  void neverThrowsForWhatALineHolds() {
    Random random = new Random(42);
    List<String> real = new ArrayList<>(successfulOutput());
    real.addAll(failedOutput());
    Agent.Parser parser = agent().parser();
    for (int i = 0; i < 3000; i++) {
      String line = real.get(random.nextInt(real.size()));
      assertThat(parser.parse(damaged(line, random))).doesNotContainNull();
    }
    for (String line : List.of("", " ", "null", "[]", "{}", "0", "\"", "\0", "{\"type\":{}}")) {
      assertThat(parser.parse(line)).doesNotContainNull();
    }
    assertThat(parser.parse("[".repeat(200_000))).doesNotContainNull();
    assertThat(parser.parse("x".repeat(8 << 20))).doesNotContainNull();
  }

  @Test
  void keepsALineThatItDoesNotKnow() {
    String line = "Segmentation fault";

    assertThat(agent().parser().parse(line)).containsExactly(new TaskEvent.Raw(line));
  }

  private Agent.Request anyRequest() {
    return request(secretNames().isEmpty() ? "UNUSED" : secretNames().get(0));
  }

  private Agent.Verdict judge(List<String> output, OptionalInt exitCode) {
    Agent.Parser parser = agent().parser();
    Optional<TaskEvent.Result> last =
        output.stream()
            .flatMap(line -> parser.parse(line).stream())
            .filter(TaskEvent.Result.class::isInstance)
            .map(TaskEvent.Result.class::cast)
            .reduce((first, second) -> second);
    return agent().assess(new Agent.Ending(exitCode, last, ""));
  }

  private static Collection<String> names(Agent.Launch launch) {
    List<String> names = new ArrayList<>(launch.environment().keySet());
    names.addAll(launch.secretVariables().keySet());
    names.addAll(launch.secretDescriptors().keySet());
    return names;
  }

  private static Agent.Request withoutSecrets(Agent.Request request) {
    return new Agent.Request(
        request.model(),
        request.maxTurns(),
        request.resumeSession(),
        Map.of(),
        request.host(),
        request.layout(),
        request.network(),
        request.hostAddress(),
        request.gateway(),
        request.root());
  }

  /** Cuts a line, repeats a part of it, or changes some of its characters. */
  private static String damaged(String line, Random random) {
    int at = random.nextInt(line.length() + 1);
    return switch (random.nextInt(4)) {
      case 0 -> line.substring(0, at);
      case 1 -> line.substring(at);
      case 2 -> line.substring(0, at) + line;
      default -> {
        StringBuilder changed = new StringBuilder(line);
        IntStream.range(0, 1 + random.nextInt(5))
            .forEach(
                i ->
                    changed.setCharAt(
                        random.nextInt(line.length()),
                        "{}[]\",:0e-tfn\\\u0000\uD800".charAt(random.nextInt(16))));
        yield changed.toString();
      }
    };
  }
}
