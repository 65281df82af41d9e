package dev.dispense.benchmarks.measure;

import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.SandboxSpec;
import dev.dispense.spi.Agent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where a scenario works: a directory, the library with a state directory of its own, and names for
 * sandboxes and containers. Closing it removes all that was made with it.
 */
public final class Workplace implements AutoCloseable {
  /** The id of the agent of the sandboxes. */
  static final String AGENT = "scripted";

  private static final String LABEL = "benchmark";

  private final Path directory;
  private final Path launcher;
  private final Rounds rounds;
  private final String prefix;
  private final List<Dispense> opened = new ArrayList<>();
  private final Queue<String> sandboxes = new ConcurrentLinkedQueue<>();
  private final AtomicInteger names = new AtomicInteger();

  /**
   * Makes a place below a directory.
   *
   * @param parent an existing directory
   * @param launcher the {@code dispense} command
   */
  public Workplace(Path parent, Path launcher, int runs, Rounds.Progress progress)
      throws IOException {
    this.directory = Files.createTempDirectory(parent, "dispense-benchmark").toRealPath();
    this.launcher = launcher;
    this.rounds = new Rounds(runs, new Disk(directory), progress);
    this.prefix = "benchmark-" + ProcessHandle.current().pid() + "-";
  }

  /** Returns an empty directory for the scenario. */
  public Path directory() {
    return directory;
  }

  /** Returns the {@code dispense} command. */
  public Path launcher() {
    return launcher;
  }

  public Rounds rounds() {
    return rounds;
  }

  /** Returns where the library keeps its state. */
  public Path state() {
    return directory.resolve("state");
  }

  /** Opens the library, with an agent whose id is {@value #AGENT}. */
  public Dispense open(Agent agent) {
    return open(agent, Map.of());
  }

  /**
   * Opens the library, with an agent whose id is {@value #AGENT}.
   *
   * @param variables on top of this process's environment
   */
  public Dispense open(Agent agent, Map<String, String> variables) {
    Environment host = Environment.current();
    Map<String, String> environment = new HashMap<>(host.variables());
    environment.putAll(variables);
    Dispense dispense =
        Dispense.builder()
            .environment(
                Environment.in(host.userHome())
                    .withVariables(environment)
                    .withSettings(host.settings())
                    .withStateDirectory(state())
                    .withCacheDirectory(host.cacheDirectory())
                    .withUserName(host.userName())
                    .withClock(host.clock()))
            .plugin(agent)
            .build();
    opened.add(dispense);
    return dispense;
  }

  /** Returns the specification of a sandbox with a name of its own, removed in the end. */
  public SandboxSpec.Builder sandbox() {
    String name = prefix + names.incrementAndGet();
    sandboxes.add(name);
    return SandboxSpec.builder(name).agent(AGENT);
  }

  /** Returns the label of containers that are removed in the end. */
  public String label() {
    return LABEL + "=" + prefix;
  }

  /** Returns the ids of the containers that have the {@link #label()}, a line for each. */
  public String containers() throws IOException, InterruptedException {
    return Tool.run(directory, "docker", "ps", "--all", "--quiet", "--filter", "label=" + label());
  }

  /** Removes the containers that have the {@link #label()}. */
  public void removeContainers() throws IOException, InterruptedException {
    String ids = containers();
    if (!ids.isEmpty()) {
      List<String> argv = new ArrayList<>(List.of("docker", "rm", "--force", "--volumes"));
      argv.addAll(ids.lines().toList());
      Tool.run(directory, argv);
    }
  }

  /** Removes everything, also when the thread is interrupted. */
  @Override
  public void close() throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      removeContainers();
      discardSandboxes();
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      opened.forEach(Dispense::close);
      deleteDirectory();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Discards all sandboxes that were made so far. */
  public void discardSandboxes() throws IOException {
    if (opened.isEmpty()) {
      return;
    }
    opened.get(0).clearPool();
    List<String> failures = new ArrayList<>();
    for (String name = sandboxes.poll(); name != null; name = sandboxes.poll()) {
      try {
        opened.get(0).sandbox(name).forceDelete();
      } catch (NotFoundException e) {
        // The scenario has deleted it, or did not come so far.
      } catch (DispenseException e) {
        failures.add(name + ": " + e.getMessage());
      }
    }
    if (!failures.isEmpty()) {
      throw new IOException("Sandboxes were left behind: " + String.join("; ", failures));
    }
  }

  private void deleteDirectory() throws IOException {
    try {
      Tool.run(Path.of("/"), "rm", "-rf", "--", directory.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
