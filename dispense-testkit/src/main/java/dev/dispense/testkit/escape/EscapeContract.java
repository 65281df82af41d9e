package dev.dispense.testkit.escape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.SandboxInfo;
import dev.dispense.spi.Agent;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.provider.ProviderContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * The escape kit: an agent that is under the control of an attacker tries to get out of its
 * sandbox, and at the person who looks at its work. The author of a {@link SandboxProvider} writes
 * a subclass that says how the provider is opened, beside one of {@link ProviderContract}, which
 * tests what the defences are built on: mounts that hold, limits, what is refused, argv that
 * arrives as it is.
 *
 * <p>Each attack is made from inside a real sandbox that was created from a real git repository. A
 * canary, a file that the agent's configuration, hooks and filters would write, shows when any of
 * them ran on this machine; one test sees that the canary does show it.
 *
 * <p>A provider without {@link dev.dispense.Capability#ISOLATION} runs the attacks upon the
 * repository, the results, the names and the keys as well; in the place of the attacks upon the
 * machine, the tests see that nobody gets such a provider who did not add it to a program by hand.
 *
 * <p>The class path needs a source provider for git repositories, such as {@code dispense-git}; the
 * machine needs git, and the sandboxes git, coreutils, {@code /proc} and what {@link #listener} and
 * {@link #connect} use.
 */
@Tag("kit")
public abstract class EscapeContract {
  private final String prefix = "escape-" + UUID.randomUUID().toString().substring(0, 8);
  private int sandboxes;

  @TempDir Path temporary;
  Path home;
  Path repository;
  Path canary;
  Environment host;
  SandboxProvider.Factory factory;
  Dispense dispense;

  /** For subclasses. */
  @SuppressWarnings("NullAway.Init") // JUnit and the method before each test set the fields
  protected EscapeContract() {}

  /** Returns what makes the provider. */
  protected abstract SandboxProvider.Factory factory();

  /**
   * Returns whether the provider itself makes the walls of its sandboxes: what privileges there are
   * in them, and whether they reach one another. Default yes; where a service far away makes them,
   * a test on this machine says nothing of them, and these two are left out.
   */
  protected boolean makesTheWalls() {
    return true;
  }

  /**
   * Returns the state directory. Default: each test has one, below its temporary directory. Where
   * the first sandbox of a state directory takes longer than the others, one directory can serve
   * all tests of the class, if something keeps it in use between them.
   */
  protected Path stateDirectory(Path temporaryDirectory) {
    return temporaryDirectory.resolve("state");
  }

  /**
   * Returns a command that listens on all addresses of the sandbox and answers each connection with
   * {@code reached}. Default: {@code socat}.
   */
  protected List<String> listener(int port) {
    return List.of("socat", "TCP-LISTEN:" + port + ",fork,reuseaddr", "SYSTEM:echo reached");
  }

  /**
   * Returns a command that connects and writes what it is answered, or fails within seconds.
   * Default: {@code socat}.
   */
  protected List<String> connect(String address, int port) {
    return List.of("socat", "-T", "2", "-", "TCP:" + address + ":" + port + ",connect-timeout=2");
  }

  @BeforeEach
  final void makeRepository() throws IOException {
    temporary = temporary.toRealPath();
    home = Files.createDirectory(temporary.resolve("home"));
    repository = Files.createDirectory(temporary.resolve("project"));
    canary = temporary.resolve("canary");
    Map<String, String> environment = new TreeMap<>(Environment.current().variables());
    environment.put("HOME", home.toString());
    environment.keySet().removeIf(name -> name.startsWith("GIT_") || name.startsWith("XDG_"));
    host =
        Environment.in(Environment.current().userHome())
            .withVariables(environment)
            .withSettings(Map.of("agent", ScriptedAgent.ID))
            .withStateDirectory(stateDirectory(temporary))
            .withCacheDirectory(temporary.resolve("cache"))
            .withUserName(Environment.current().userName());
    factory = factory();
    dispense = open(ScriptedAgent.builder().echoPrompt().succeed("Done.").build());
    HostGit git = new HostGit(repository, environment);
    git.run("config", "--global", "user.name", "Ada");
    git.run("config", "--global", "user.email", "ada@example.org");
    // What makes a user's own commands look further than they must.
    git.run("config", "--global", "submodule.recurse", "true");
    git.run("config", "--global", "fetch.recurseSubmodules", "true");
    git.run("init", "-q", "-b", "main");
    Files.writeString(repository.resolve("README"), "Read me.\n");
    Files.createDirectory(repository.resolve("src"));
    Files.writeString(repository.resolve("src/main.txt"), "one\ntwo\nthree\n");
    git.run("add", "-A");
    git.run("commit", "-qm", "First");
  }

  @AfterEach
  final void nothingIsLeftBehindAndNothingRan() throws IOException {
    try {
      for (SandboxInfo info : ours()) {
        dispense.sandbox(info.name().value()).forceDelete();
      }
      assertThat(ours()).isEmpty();
      assertThat(git().run("worktree", "list").lines()).hasSize(1);
      assertThat(canary).as("what the agent wrote was run on this machine").doesNotExist();
    } finally {
      dispense.close();
    }
  }

  /** The pointer, the configuration and the hooks of repositories, and how work comes back. */
  @Nested
  class Repositories extends EscapeRepositoryContract {
    Repositories() {
      super(EscapeContract.this);
    }
  }

  /** Files that come out. */
  @Nested
  class Downloads extends EscapeFilesContract {
    Downloads() {
      super(EscapeContract.this);
    }
  }

  /** Names, refs, addresses and texts. */
  @Nested
  class Words extends EscapeWordsContract {
    Words() {
      super(EscapeContract.this);
    }
  }

  /** This machine and the other sandboxes. */
  @Nested
  class Walls extends EscapeWallsContract {
    Walls() {
      super(EscapeContract.this);
    }
  }

  /** What is kept on this machine, and whose it is. */
  @Nested
  class Belongings extends EscapeBelongingsContract {
    Belongings() {
      super(EscapeContract.this);
    }
  }

  /** Keys. */
  @Nested
  class Keys extends EscapeKeysContract {
    Keys() {
      super(EscapeContract.this);
    }
  }

  final Dispense open(Agent agent) {
    Dispense.Builder builder = Dispense.builder().environment(host).plugin(agent);
    boolean found =
        ServiceLoader.load(SandboxProvider.Factory.class).stream()
            .anyMatch(plugin -> plugin.get().id().equals(factory.id()));
    return found ? builder.build() : builder.plugin(factory).build();
  }

  /** Returns the user's git, in the repository. */
  final HostGit git() {
    return new HostGit(repository, host.variables());
  }

  /** Returns a name that no other test uses. */
  final String name() {
    return prefix + "-" + ++sandboxes;
  }

  /** The sandboxes that this test made and that are still there. */
  final List<SandboxInfo> ours() {
    return dispense.list().stream().filter(info -> info.name().value().contains(prefix)).toList();
  }
}
