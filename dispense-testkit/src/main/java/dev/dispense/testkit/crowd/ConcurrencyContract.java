package dev.dispense.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.spi.Agent;
import dev.dispense.testkit.LeakCheck;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Dispense must stand over a provider: many threads and processes at once, many tasks, much
 * output, and agents that do not behave. The author of a provider writes a subclass that says how
 * Dispense is opened with it; the subclass has a constructor without parameters, as other processes
 * make one of their own.
 *
 * <p>Before and after each test, no sandbox of the test's is there, and the test leaves no thread
 * and no file descriptor. It needs {@code git} on this machine, and the sources of {@code
 * dispense-git} on the class path.
 */
@ExtendWith(LeakCheck.class)
@Tag("kit")
public abstract class ConcurrencyContract {
  private final String prefix = "crowd-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private int names;

  @TempDir Path temporary;

  /** For subclasses. */
  @SuppressWarnings("NullAway.Init") // JUnit sets the field
  protected ConcurrencyContract() {}

  /**
   * Returns a builder of an instance that uses the provider, and keeps its state below a directory.
   * All with one directory, in whatever process, see the same sandboxes.
   */
  protected abstract Dispense.Builder dispense(Path directory);

  /** Returns how many threads or processes there are at once; default 10. */
  protected int crowd() {
    return 10;
  }

  /** Returns how many tasks one sandbox gets at a time; default 100. */
  protected int tasks() {
    return 100;
  }

  /** Returns how much a task writes, in MiB; default 128. */
  protected int outputMebibytes() {
    return 128;
  }

  /** Returns how long a line of a task is, in MB; default 100. */
  protected int lineMegabytes() {
    return 100;
  }

  /** Returns how much memory a process has that reads what a task writes, in MiB; default 64. */
  protected int heapMebibytes() {
    return 64;
  }

  /**
   * Returns whether agents that do not behave are tested; default yes. What ends them is the core's
   * and the same everywhere, so a provider whose sandboxes are slow may leave them out.
   */
  protected boolean testsAgents() {
    return true;
  }

  /** Opens an instance with the agent of these tests. */
  final Dispense open() {
    return open(temporary);
  }

  final Dispense open(Path directory) {
    return dispense(directory).plugin(agent()).build();
  }

  /** An agent that runs its prompt as a shell program. */
  static Agent agent() {
    return ScriptedAgent.builder("crowd").runPrompt().build();
  }

  /** Returns a name that no other test uses. */
  final String name() {
    return prefix + ++names;
  }

  final SandboxSpec.Builder spec() {
    return SandboxSpec.builder(name()).agent("crowd");
  }

  @BeforeEach
  final void nothingIsThere() throws IOException {
    temporary = temporary.toRealPath();
    assertThat(leftovers()).isEmpty();
  }

  @AfterEach
  final void nothingIsLeftBehind() {
    try (Dispense dispense = open()) {
      List<SandboxInfo> left = leftovers();
      left.forEach(info -> dispense.sandbox(info.name().value()).forceDelete());
      assertThat(left).isEmpty();
    }
    Path state = temporary.resolve("state/sandboxes");
    assertThat(state.toFile().list()).as("what is left in %s", state).isNullOrEmpty();
  }

  private List<SandboxInfo> leftovers() {
    try (Dispense dispense = open()) {
      return dispense.list().stream()
          .filter(info -> info.name().value().startsWith(prefix))
          .toList();
    }
  }

  /** Many at once make, use, list and delete sandboxes. */
  @Nested
  class Sandboxes extends CrowdSandboxesContract {
    Sandboxes() {
      super(ConcurrencyContract.this);
    }
  }

  /** Many who want one name. */
  @Nested
  class Names extends CrowdNamesContract {
    Names() {
      super(ConcurrencyContract.this);
    }
  }

  /** Many tasks, and much output. */
  @Nested
  class Tasks extends CrowdTasksContract {
    Tasks() {
      super(ConcurrencyContract.this);
    }
  }

  /** Agents that do not behave. */
  @Nested
  class Agents extends CrowdAgentsContract {
    Agents() {
      super(ConcurrencyContract.this);
    }
  }
}
