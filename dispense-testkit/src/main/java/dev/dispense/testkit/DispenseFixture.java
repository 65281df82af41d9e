package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.spi.Agent;
import dev.dispense.spi.SourceProvider;
import dev.dispense.support.FileTree;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * What a {@link DispenseTest} works with: a temporary directory with repositories, state and
 * configuration of its own, and any number of {@link Dispense} that see the same sandboxes, as
 * those of several processes would. It is deleted with all of that when the test has ended;
 * sandboxes that the test left are deleted too, their work included.
 *
 * <p>Safe for use by several threads.
 */
public final class DispenseFixture implements AutoCloseable {
  /** Variables that hold keys, or lead to the services of the person who runs the test. */
  private static final Pattern PERSONAL =
      Pattern.compile(
          "(ANTHROPIC|CLAUDE|DAYTONA|XDG)_.*|.*_(API_KEY|TOKEN|SECRET|PASSWORD)"
              + "|DISPENSE_(?!DOCKER_).*");

  private final Path directory;
  private final List<Dispense> opened = new CopyOnWriteArrayList<>();
  private final List<Path> repositories = new CopyOnWriteArrayList<>();

  DispenseFixture() {
    try {
      directory = Files.createTempDirectory("dispense-test").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the directory of the test's own, which exists. */
  public Path directory() {
    return directory;
  }

  /**
   * Returns an instance whose sandboxes are directories without isolation, and whose agent is this
   * one. The fixture closes it, if the test does not.
   */
  public Dispense open(Agent agent) {
    Dispense.Builder builder =
        Dispense.builder()
            .environment(unisolated(agent.id()))
            .withoutClassPath()
            .plugin(new UnisolatedProviderFactory())
            .plugin(agent);
    ServiceLoader.load(SourceProvider.class).forEach(builder::plugin);
    Dispense dispense = builder.build();
    opened.add(dispense);
    return dispense;
  }

  /**
   * Returns this machine as an integration test may use it: its programs, proxy, certificates and
   * Docker Engine, but with a home, configuration, state and cache of the test's own, and without
   * keys. Its variables lead programs that are started with them to the same state. What the test
   * makes there, it deletes itself.
   */
  public Environment environment() {
    Map<String, String> variables = new TreeMap<>(Environment.current().variables());
    variables.keySet().removeIf(name -> PERSONAL.matcher(name).matches());
    return in(variables);
  }

  private Environment unisolated(String agent) {
    String path = Environment.current().variable("PATH").orElse("");
    return in(Map.of("PATH", path))
        .withSetting("provider", UnisolatedProvider.ID)
        .withSetting("agent", agent);
  }

  private Environment in(Map<String, String> variables) {
    Path home = directory.resolve("home");
    return Environment.in(home)
        .withVariables(variables)
        .withVariable("HOME", home.toString())
        .withVariable("DISPENSE_HOME", directory.resolve("state").toString())
        .withVariable("XDG_CONFIG_HOME", directory.resolve("config").toString())
        .withStateDirectory(directory.resolve("state"))
        .withCacheDirectory(directory.resolve("cache"))
        .withUserName("tester");
  }

  /**
   * Makes a repository with one commit, of a file {@code file.txt}, on the branch {@code main}.
   *
   * @param name the name of its directory, which does not exist yet
   * @return its root
   */
  public Path repository(String name) {
    Path repository = directory.resolve("repositories").resolve(name);
    try {
      Files.createDirectories(repository);
      git(repository, "init", "--quiet", "--initial-branch=main");
      Files.writeString(repository.resolve("file.txt"), "as it was\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    git(repository, "add", "file.txt");
    git(repository, "commit", "--quiet", "--message=Begin");
    repositories.add(repository);
    return repository;
  }

  /**
   * Runs git in a repository, without the configuration of the person who runs the test.
   *
   * @return what it prints, both outputs, without the white space around it
   * @throws AssertionError when it fails
   */
  public String git(Path repository, String... arguments) {
    List<String> argv = new ArrayList<>(List.of("git", "-C", repository.toString()));
    argv.addAll(List.of("-c", "user.name=Tester", "-c", "user.email=tester@example.invalid"));
    argv.addAll(List.of(arguments));
    ProcessBuilder program = new ProcessBuilder(argv).redirectErrorStream(true);
    program.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    program
        .environment()
        .putAll(Map.of("GIT_CONFIG_GLOBAL", "/dev/null", "GIT_CONFIG_NOSYSTEM", "1"));
    try {
      Process git = program.start();
      git.getOutputStream().close();
      String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(git.waitFor()).as("git %s: %s", List.of(arguments), output).isZero();
      return output.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while git works", e);
    }
  }

  /**
   * Asserts that no sandbox is left, and that each repository that the fixture made has its one
   * worktree, without uncommitted changes.
   */
  public void assertNothingLeft() {
    assertThat(children("state/sandboxes")).as("sandboxes").isEmpty();
    assertThat(children("state/unisolated")).as("directories of sandboxes").isEmpty();
    for (Path repository : repositories) {
      assertThat(git(repository, "worktree", "list").lines()).as("worktrees").hasSize(1);
      assertThat(git(repository, "status", "--porcelain")).as("changes").isEmpty();
    }
  }

  private List<Path> children(String name) {
    Path parent = directory.resolve(name);
    if (Files.notExists(parent)) {
      return List.of();
    }
    try (var children = Files.list(parent)) {
      return children.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes all sandboxes that {@link #open} led to, and the directory; JUnit calls it. */
  @Override
  public void close() {
    try {
      if (!opened.isEmpty()) {
        opened.forEach(Dispense::close);
        deleteSandboxes();
      }
      FileTree.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void deleteSandboxes() {
    try (Dispense dispense = open(ScriptedAgent.builder().build())) {
      dispense.clearPool();
      for (SandboxInfo info : dispense.list()) {
        try (Sandbox sandbox = dispense.sandbox(info.name().value())) {
          sandbox.forceDelete();
        }
      }
    }
  }
}
