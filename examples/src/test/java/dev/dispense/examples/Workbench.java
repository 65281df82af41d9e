package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.spi.Agent;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a program that embeds Dispense is tested with: repositories, and a {@link Dispense} whose
 * sandboxes are directories and whose agent is a script. No Docker, no key, no network.
 */
record Workbench(Path directory) {
  /** Returns a Dispense that sees the same sandboxes as all others of this workbench. */
  Dispense open(Agent agent) {
    return Dispense.builder()
        .environment(host())
        .plugin(new UnisolatedProviderFactory())
        .plugin(agent)
        .build();
  }

  private Environment host() {
    // No engine, so that a test never meets the sandboxes of the person who runs it.
    String path = Environment.current().variable("PATH").orElseThrow();
    return host(
        UnisolatedProvider.ID,
        ScriptedAgent.ID,
        Map.of("PATH", path, "DOCKER_HOST", "unix:///none"));
  }

  /**
   * Returns this machine, for sandboxes in containers: with its proxy and certificates, but with
   * state and keys of the test's own.
   */
  Environment realHost(String provider, String agent, Map<String, String> variables) {
    Map<String, String> environment = new TreeMap<>(Environment.current().variables());
    environment.keySet().removeIf(name -> name.matches("(ANTHROPIC|CLAUDE)_.*"));
    environment.putAll(variables);
    return host(provider, agent, environment);
  }

  private Environment host(String provider, String agent, Map<String, String> variables) {
    Map<String, String> environment = new TreeMap<>(variables);
    environment.put("DISPENSE_PROVIDER", provider);
    environment.put("DISPENSE_AGENT", agent);
    // For programs that are started with this environment.
    environment.put("DISPENSE_HOME", directory.resolve("state").toString());
    environment.put("XDG_CONFIG_HOME", directory.resolve("config").toString());
    return Environment.in(directory.resolve("home"))
        .withVariables(environment)
        .withStateDirectory(directory.resolve("state"))
        .withCacheDirectory(directory.resolve("cache"))
        .withUserName("tester");
  }

  /** Makes a repository with one commit on the branch {@code main}. */
  Path repository(String name) throws IOException, InterruptedException {
    Path repository = Files.createDirectories(directory.resolve("repositories").resolve(name));
    git(repository, "init", "--quiet", "--initial-branch=main");
    Files.writeString(repository.resolve("file.txt"), "as it was\n");
    git(repository, "add", "file.txt");
    git(repository, "commit", "--quiet", "--message=Begin");
    return repository;
  }

  /** Runs git, which must succeed, and returns what it prints. */
  static String git(Path repository, String... arguments) throws IOException, InterruptedException {
    List<String> argv = new ArrayList<>(List.of("git", "-C", repository.toString()));
    argv.addAll(List.of("-c", "user.name=Tester", "-c", "user.email=tester@example.invalid"));
    argv.addAll(List.of(arguments));
    Process git = new ProcessBuilder(argv).redirectErrorStream(true).start();
    git.getOutputStream().close();
    String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(git.waitFor()).as("git %s: %s", List.of(arguments), output).isZero();
    return output.strip();
  }

  /** Sees to it that nothing is left of the sandboxes of {@link #open}. */
  void assertEmpty(Path repository) throws IOException, InterruptedException {
    assertThat(directory.resolve("state/unisolated")).isEmptyDirectory();
    assertNoState(repository);
  }

  /** Sees to it that nothing is left of any sandbox on this machine and in the repository. */
  void assertNoState(Path repository) throws IOException, InterruptedException {
    assertThat(directory.resolve("state/sandboxes")).isEmptyDirectory();
    assertThat(git(repository, "worktree", "list").lines()).hasSize(1);
    assertThat(git(repository, "status", "--porcelain")).isEmpty();
  }
}
