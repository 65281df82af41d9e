package dev.dispense.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.SandboxInfo;
import dev.dispense.cli.session.Session;
import dev.dispense.spi.Agent;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the command as a user does, on sandboxes without isolation and with a scripted agent in the
 * place of Claude Code. Closing it deletes the sandboxes.
 */
public final class Workbench implements AutoCloseable {
  private final Path home;
  private final Path directory;
  private Path state;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> settings = new HashMap<>();
  private Clock clock = Clock.systemUTC();
  private Agent agent = ScriptedAgent.builder("claude").echoPrompt().succeed("Done it.").build();

  private Workbench(Path home) {
    this.home = home;
    this.directory = home.resolve("project");
    this.state = home.resolve("state");
    environment.put("PATH", System.getenv("PATH"));
    environment.put("DISPENSE_PROVIDER", UnisolatedProvider.ID);
  }

  /** Returns a workbench in a git repository of one commit. */
  public static Workbench inRepository(Path temporary) {
    Workbench bench = inDirectory(temporary);
    bench.git("init", "--quiet", "--initial-branch=main");
    bench.git("add", ".");
    bench.git(
        "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "Begin");
    return bench;
  }

  /** Returns a workbench in a directory without git. */
  public static Workbench inDirectory(Path temporary) {
    Workbench bench = new Workbench(temporary);
    try {
      Files.createDirectories(bench.directory);
      Files.writeString(bench.directory.resolve("README.md"), "Hello\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bench;
  }

  public Workbench with(ScriptedAgent.Builder builder) {
    agent = builder.build();
    return this;
  }

  public Workbench with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Gives the user a settings file with these names, each with a value that nobody reads. */
  public Workbench withSettings(String... names) {
    for (String name : names) {
      settings.put(name, "x");
    }
    return this;
  }

  /** Lets the user's clock say another time from now on. */
  Workbench at(Clock time) {
    clock = time;
    return this;
  }

  public Path directory() {
    return directory;
  }

  /** Runs a command where nobody can be asked. */
  public Outcome run(String... arguments) {
    return run(FakeConsole.withoutTerminal(), arguments);
  }

  public Outcome run(FakeConsole console, String... arguments) {
    int exitCode = new Cli(console, this::open, directory).run(List.of(arguments));
    assertThat(console.isTerminalRestored()).as("terminal restored").isTrue();
    return new Outcome(exitCode, console.outText(), console.errText());
  }

  /** Runs a command without the parser. */
  Outcome runPlain(String word) {
    FakeConsole console = FakeConsole.withoutTerminal();
    try (Session session = new Session(console, this::open, directory)) {
      int exitCode = FastPath.run(session, List.of(word));
      return new Outcome(exitCode, console.outText(), console.errText());
    }
  }

  /** Runs a command that must succeed, and returns what it printed. */
  public String succeed(String... arguments) {
    Outcome outcome = run(arguments);
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    return outcome.out();
  }

  private Dispense open() {
    Environment host =
        Environment.in(home)
            .withVariables(environment)
            .withSettings(settings)
            .withStateDirectory(state)
            .withCacheDirectory(home.resolve("cache"))
            .withUserName(System.getProperty("user.name"))
            .withClock(clock);
    return Dispense.builder()
        .environment(host)
        .plugin(new UnisolatedProviderFactory())
        .plugin(agent)
        .build();
  }

  public List<String> names() {
    try (Dispense dispense = open()) {
      return dispense.list().stream().map(SandboxInfo::name).map(Object::toString).toList();
    }
  }

  /** Makes sure that nothing is left of any sandbox. */
  void isAsBefore() {
    assertThat(names()).as("sandboxes").isEmpty();
    if (Files.isDirectory(directory.resolve(".git/objects"))) {
      assertThat(directory.resolve(".git/worktrees")).as("worktrees").doesNotExist();
      assertThat(directory.resolve(".git/refs/heads/dispense")).as("branches").doesNotExist();
    }
  }

  /** Runs the command with this state directory from now on. */
  Workbench withState(Path path) {
    state = path;
    return this;
  }

  String git(String... arguments) {
    try {
      String[] command = new String[arguments.length + 1];
      command[0] = "git";
      System.arraycopy(arguments, 0, command, 1, arguments.length);
      Process git =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      git.getOutputStream().close();
      String output = new String(git.getInputStream().readAllBytes(), UTF_8);
      assertThat(git.waitFor()).as(output).isZero();
      return output;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try (Dispense dispense = open()) {
      for (SandboxInfo info : dispense.list()) {
        dispense.sandbox(info.name().value()).forceDelete();
      }
    }
  }

  /** What a command left: its exit code and what it wrote. */
  public record Outcome(int exitCode, String out, String err) {}
}
