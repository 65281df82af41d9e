package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Checkpoints;
import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.spi.Agent;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A user's repository and directory without git, and a state directory, for one sandbox that two
 * processes work with: the test, and a client that is killed.
 *
 * @param root holds all of it
 * @param provider the id of the provider
 * @param name the sandbox
 * @param agent works in it
 * @param environment variables that say where the provider is, on top of those of this process
 * @param image the image that it is made from
 */
record CrashScene(
    Path root,
    String provider,
    String name,
    Agent agent,
    Map<String, String> environment,
    Optional<String> image) {
  private static final String AGENTS_WORK =
      "echo committed >agent.txt && git add agent.txt && git commit -q -m Work"
          + " && echo uncommitted >left.txt && echo changed >>README.md";

  CrashScene(Path root, String provider, String name, Agent agent) {
    this(root, provider, name, agent, Map.of(), Optional.empty());
  }

  /** Waits until an agent works on a task; fails at once when the task ends without. */
  static void awaitRunning(Task task) {
    TaskInfo info = task.info();
    while (info.state() != TaskInfo.State.RUNNING) {
      assertThat(info.state().isFinal()).as("%s ended early", info).isFalse();
      info = task.info();
    }
  }

  /** Returns this scene at another engine, with an image that is there. */
  CrashScene at(String address, String reference) {
    return new CrashScene(
        root, provider, name, agent, Map.of("DOCKER_HOST", address), Optional.of(reference));
  }

  /** Returns this scene with variables that say where the provider is. */
  CrashScene with(Map<String, String> variables) {
    return new CrashScene(root, provider, name, agent, variables, image);
  }

  /** Makes a scene whose agent writes a file. */
  CrashScene(Path root, String provider, String name) {
    this(
        root,
        provider,
        name,
        ScriptedAgent.builder().write("agent.txt", "done\n").succeed("Done.").build());
  }

  Path repository() {
    return root.resolve("my project");
  }

  Path plainDirectory() {
    return root.resolve("plain");
  }

  Path state() {
    return root.resolve("state");
  }

  /** Returns where the killed client makes its temporary files. */
  Path temporary() {
    return root.resolve("tmp");
  }

  /** Whether sandboxes can be prepared beforehand. */
  boolean canPrepare() {
    return provider.equals("docker");
  }

  boolean isIsolated() {
    return !provider.equals(UnisolatedProvider.ID);
  }

  /** Makes a repository with two commits, uncommitted changes, and remains of an old sandbox. */
  CrashScene build() {
    try {
      Files.createDirectories(temporary());
      Files.createDirectories(Files.createDirectories(repository()).resolve("src"));
      Files.createDirectories(plainDirectory());
      Files.writeString(plainDirectory().resolve("README.md"), "Hello\n");
      Files.writeString(repository().resolve("README.md"), "Hello\n");
      Files.writeString(repository().resolve("src/main.c"), "int main;\n");
      git("init", "--quiet", "--initial-branch=main");
      git("config", "user.name", "Ada");
      git("config", "user.email", "ada@example.org");
      git("add", ".");
      git("commit", "--quiet", "-m", "Begin");
      git("update-ref", "refs/dispense/" + name + "/head", "HEAD");
      git("branch", "dispense/" + name);
      Files.writeString(repository().resolve("src/main.c"), "int main();\n");
      git("commit", "--quiet", "-am", "Go on");
      Files.writeString(repository().resolve("notes.txt"), "mine\n");
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the machine on which the clients of this scene run. */
  Environment host() {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.putAll(environment);
    variables.put("DISPENSE_PROVIDER", provider);
    variables.put("DISPENSE_AGENT", ScriptedAgent.ID);
    return Environment.in(root.resolve("home"))
        .withVariables(variables)
        .withStateDirectory(state())
        .withCacheDirectory(root.resolve("cache"))
        .withUserName(System.getProperty("user.name"));
  }

  Dispense open(Checkpoints steps) {
    Agent worker = hasGateway() ? new RoutedAgent(agent) : agent;
    Dispense.Builder builder =
        Dispense.builder().environment(host().withCheckpoints(steps)).plugin(worker);
    return isIsolated()
        ? builder.build()
        : builder.plugin(new UnisolatedProviderFactory(root.resolve("machines"))).build();
  }

  Dispense open() {
    return open(Checkpoints.UNHEARD);
  }

  SandboxSpec spec(Source source) {
    SandboxSpec.Builder spec = SandboxSpec.builder(name).source(source);
    image.ifPresent(spec::image);
    return (isIsolated() && !hasGateway() ? spec.network(NetworkPolicy.NONE) : spec).build();
  }

  /** Whether a setting says what sandboxes may reach. */
  private boolean hasGateway() {
    return host().setting("network").isPresent();
  }

  Source ofRepository() {
    return Source.directory(repository()).withUncommitted();
  }

  /** Does in the sandbox what an agent does: one commit, and changes that it leaves uncommitted. */
  void work(Sandbox sandbox) {
    assertThat(sandbox.exec(Command.of("sh", "-c", AGENTS_WORK)).isSuccess()).isTrue();
  }

  Optional<SandboxInfo> listed() {
    try (Dispense dispense = open()) {
      return dispense.list().stream().filter(it -> it.name().value().equals(name)).findFirst();
    }
  }

  /** Returns what a git command prints about the user's repository. */
  String git(String... arguments) {
    return new CommandLine(repository(), Map.of()).git(arguments).succeeds().stdout();
  }

  /** Returns what the user has, and nobody may change: files, index, HEAD and branches. */
  String users() {
    return git("status", "--porcelain=v2", "--branch")
        + git("for-each-ref", "refs/heads/main", "refs/tags")
        + content(repository());
  }

  private static String content(Path directory) {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted().toList()) {
        if (Files.isRegularFile(file) && !file.toString().contains("/.git/")) {
          all.append(directory.relativize(file)).append(": ").append(Files.readString(file));
        }
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Checks that a killed client has damaged nothing of the user's. */
  void checkRepository() {
    git("fsck", "--strict", "--no-dangling");
    assertThat(files("my project/.git")).noneMatch(path -> path.endsWith(".lock"));
  }

  /** Checks that there is nothing of the sandbox any more but what the user is to have of it. */
  void checkNothingIsLeft() {
    assertThat(listed()).isEmpty();
    assertThat(files("state/sandboxes")).as("state").isEmpty();
    assertThat(files("state/prepared")).as("prepared sandboxes").isEmpty();
    assertThat(files("machines")).as("machines").isEmpty();
    assertThat(files("tmp")).as("temporary files").isEmpty();
    assertThat(git("worktree", "list").lines()).as("worktrees").hasSize(1);
    assertThat(files("my project/.git/worktrees")).as("worktree entries").isEmpty();
    if (isIsolated()) {
      List<String> search =
          List.of("docker", "ps", "-aq", "--filter", "label=dev.dispense.home=" + state());
      assertThat(new CommandLine(root, environment).run(search).stdout())
          .as("containers")
          .isEmpty();
    }
    if (hasGateway()) {
      assertThat(files("state/gateway"))
          .as("gateways")
          .allMatch(path -> path.endsWith(".lock"))
          .hasSize(1);
      List<String> mounts = List.of("docker", "ps", "-a", "--no-trunc", "--format", "{{.Mounts}}");
      assertThat(new CommandLine(root, environment).run(mounts).succeeds().stdout())
          .as("gateways")
          .doesNotContain(state() + "/");
    }
  }

  /** Returns the paths of all that is in a directory of the scene. */
  Set<String> files(String path) {
    Path directory = root.resolve(path);
    Set<String> found = new TreeSet<>();
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        files.filter(it -> !it.equals(directory)).map(Path::toString).forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }
}
