package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.model.DemoScript;
import dev.dispense.testkit.model.ModelReply;
import dev.dispense.testkit.model.ModelRequest;
import dev.dispense.testkit.model.ModelServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A key is looked for everywhere, while the real Claude Code works with it in a container and after
 * that; only the model is a script.
 */
@RequiresDocker
@RequiresProgram("docker")
class SecretsIT {
  private static final String KEY = "sk-ant-canary-" + UUID.randomUUID();
  // In a pattern that it does not match, so that no search finds itself.
  private static final String PATTERN =
      KEY.substring(14, KEY.length() - 1) + "[" + KEY.charAt(KEY.length() - 1) + "]";
  private static final String SPY =
      "env; tr '\\0' '\\n' </proc/$PPID/environ; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline;"
          + " cat <&7; for f in /proc/$PPID/fd/*; do timeout 1 head -c 10000 $f; done;"
          + " ls -AR /run/dispense; true";

  private final String name = "secrets-" + UUID.randomUUID().toString().substring(0, 8);
  private final String since = Long.toString(Instant.now().getEpochSecond());
  @TempDir Path root;
  private Path home;
  private ModelServer model;
  private CommandLine user;

  @BeforeEach
  void makeRepository() throws IOException {
    Path repository = root.resolve("project");
    home = root.resolve("state");
    DemoScript.writeProject(repository);
    model = ModelServer.start(new InetSocketAddress("0.0.0.0", 0));
    user =
        new CommandLine(
            repository,
            Map.of(
                "DISPENSE_HOME",
                home.toString(),
                "ANTHROPIC_BASE_URL",
                "http://localhost:" + model.port(),
                "ANTHROPIC_API_KEY",
                KEY));
    user.git("init", "--quiet").succeeds();
    user.git("add", ".").succeeds();
    user.git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "Begin")
        .succeeds();
  }

  private void createSandbox(String network) {
    // Whatever the user's umask is.
    user.run(
            List.of(
                "sh",
                "-c",
                "umask 0; exec \"$@\"",
                "sh",
                CommandLine.LAUNCHER.toString(),
                "new",
                "--name",
                name,
                "--network",
                network))
        .succeeds();
  }

  @AfterEach
  void deleteSandbox() throws IOException {
    user.dispense("delete", "--force", "--discard", name).succeeds();
    model.close();
    assertThat(Files.exists(home.resolve("gateway")) ? list(home.resolve("gateway")) : List.of())
        .allMatch(name -> String.valueOf(name).endsWith(".lock"));
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  /** With an open network the agent's process has the key, else nothing in the sandbox has it. */
  @ParameterizedTest
  @ValueSource(strings = {"allow", "none", "open"})
  void aKeyIsNotFoundByAnAgentThatLooksForIt(String network) throws Exception {
    createSandbox(network);
    Path go = root.resolve("go");
    model.script(
        request -> {
          if (request.toolResults().isEmpty()) {
            return ModelReply.toolUse("Bash", Map.of("command", SPY, "description", "Spy"));
          }
          while (!Files.exists(go)) {
            LockSupport.parkNanos(5_000_000);
          }
          return ModelReply.text("Nothing found.");
        });
    Path output = Files.createFile(root.resolve("output"));
    Process client =
        user.start(output, "--debug", "claude", name, "run", "Look around", "--follow");
    CommandLine.await(client, output, () -> model.requests().size() >= 2);
    assertClosedToOthers();
    assertThat(hostProcesses("cmdline")).doesNotContain(KEY);
    client.destroy();
    client.waitFor();

    assertThat(hostProcesses("cmdline") + hostProcesses("environ")).doesNotContain(KEY);
    assertNotInTheSandbox();
    assertNotInTheState();
    Files.createFile(go);
    user.dispense("claude", name, "wait").succeeds();

    assertThat(model.requests())
        .extracting(ModelRequest::apiKey)
        .allMatch(key -> key.orElse("").equals(KEY));
    String log = user.dispense("claude", name, "logs", "1", "--raw").succeeds().stdout();
    assertThat(log).contains("PATH=", "Nothing found.");
    assertThat(log + Files.readString(output)).doesNotContain(KEY);
    assertNotPrinted();
    assertNotInTheSandbox();
    assertNotInTheState();
    assertNotInTheEngine();
  }

  @Test
  void aKeyThatIsRefusedIsNotRepeated() throws IOException {
    createSandbox("allow");
    model.script(request -> ModelReply.error(401, "invalid x-api-key"));

    CommandLine.Outcome run = user.dispense("--debug", "claude", name, "run", "Work", "--follow");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.stdout() + run.stderr()).contains("The key was refused").doesNotContain(KEY);
    assertNotPrinted();
    assertNotInTheState();
    for (String variable : List.of("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")) {
      CommandLine.Outcome refused =
          user.with(variable, KEY + "\n" + KEY)
              .dispense("--debug", "claude", name, "run", "Work", "--follow");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.stdout() + refused.stderr()).contains("one line").doesNotContain(KEY);
    }
    CommandLine.Outcome setting =
        user.with("DISPENSE_ANTHROPIC_API_KEY", KEY)
            .dispense("--debug", "claude", name, "run", "Work");
    assertThat(setting.stdout() + setting.stderr()).contains("env:NAME").doesNotContain(KEY);
  }

  /** The sandbox was made without any umask. */
  private void assertClosedToOthers() throws IOException {
    Path sandboxes = home.resolve("sandboxes");
    List<Path> closed = new ArrayList<>(List.of(home, sandboxes, sandboxes.resolve(name)));
    if (Files.exists(home.resolve("gateway"))) {
      closed.add(home.resolve("gateway"));
    }
    for (Path directory : closed) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
          .isEqualTo("rwx------");
    }
  }

  /** What can be read of all processes of this machine, those in containers included. */
  private static String hostProcesses(String file) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process :
          processes.filter(path -> path.getFileName().toString().matches("\\d+")).toList()) {
        try {
          all.append(Files.readString(process.resolve(file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
          all.append('\n'); // it has ended, or is somebody else's
        }
      }
    }
    return all.toString();
  }

  private void assertNotPrinted() {
    for (List<String> command :
        List.of(
            List.of("claude", name, "status"),
            List.of("claude", name, "tasks", "1"),
            List.of("claude", name, "logs", "1"),
            List.of("list", "--json"))) {
      List<String> arguments = new ArrayList<>(command);
      arguments.add("--debug");
      CommandLine.Outcome outcome = user.dispense(arguments.toArray(String[]::new));
      assertThat(outcome.stdout() + outcome.stderr()).as("%s", command).doesNotContain(KEY);
    }
  }

  private void assertNotInTheSandbox() {
    String files = "grep -rlsI --exclude-dir=proc --exclude-dir=sys '" + PATTERN + "' / ; :";
    String binaries =
        "grep -rls '" + PATTERN + "' /workspace /dispense /home /tmp /run /var /dev/shm; :";
    String processes =
        "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep '"
            + PATTERN
            + "'; :";
    String search = String.join("\n", files, binaries, processes);
    assertThat(user.dispense("exec", name, "--", "sh", "-c", search).succeeds().stdout()).isEmpty();
  }

  private void assertNotInTheState() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file :
          files.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).toList()) {
        boolean hasKey = Files.readString(file, StandardCharsets.ISO_8859_1).contains(KEY);
        if (hasKey && file.startsWith(home.resolve("gateway"))) {
          // The gateway has it from there, also when it starts anew.
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .isEqualTo("rw-------");
        } else {
          assertThat(hasKey).as("the key is in %s", file).isFalse();
        }
      }
    }
  }

  private void assertNotInTheEngine() {
    String container = "dispense-" + name;
    String image = docker("inspect", "--format", "{{.Config.Image}}", container).strip();
    assertThat(docker("inspect", container)).doesNotContain(KEY).contains("dev.dispense.sandbox");
    assertThat(docker("logs", container)).doesNotContain(KEY);
    for (String gateway : gateways()) {
      assertThat(docker("inspect", gateway)).doesNotContain(KEY);
      assertThat(docker("logs", gateway)).doesNotContain(KEY);
    }
    assertThat(docker("inspect", image)).doesNotContain(KEY);
    assertThat(docker("history", "--no-trunc", image)).doesNotContain(KEY);
    // Of each command that was run, with its arguments.
    assertThat(
            docker(
                "events",
                "--since",
                since,
                "--until",
                Long.toString(Instant.now().getEpochSecond() + 1),
                "--filter",
                "container=" + container))
        .contains("exec_create")
        .doesNotContain(KEY);
    String layers = "docker save \"$1\" | grep -ac '" + PATTERN + "'; :";
    assertThat(user.run(List.of("sh", "-c", layers, "sh", image)).succeeds().stdout())
        .isEqualTo("0\n");
  }

  /** Those of this test's state directory: others come and go meanwhile. */
  private List<String> gateways() {
    return docker("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.Mounts}}")
        .lines()
        .filter(line -> line.contains("dispense-gateway-") && line.contains(home.toString()))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }

  private String docker(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("docker"));
    argv.addAll(List.of(arguments));
    CommandLine.Outcome outcome = user.run(argv).succeeds();
    return outcome.stdout() + outcome.stderr();
  }
}
