package dev.dispense;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creates, finds and lists sandboxes. Closing it, or a handle that it gave out, releases the client
 * side only: connections and forwarded ports. Sandboxes and their tasks go on until {@link
 * Sandbox#delete()}; {@link #withSandbox} is the form that always deletes.
 *
 * <pre>{@code
 * try (Dispense dispense = Dispense.create();
 *     Sandbox sandbox =
 *         dispense.create(
 *             SandboxSpec.builder("fix-login").source(Source.directory(Path.of("."))).build())) {
 *   Task task = sandbox.run(TaskSpec.of("Fix the login bug"));
 *   task.follow(System.out::println);
 *   sandbox.changes().fetchInto(Path.of("."));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. Everything is asked of the providers each time, so several
 * programs see the same sandboxes. All calls block; each can be interrupted.
 */
public final class Dispense implements AutoCloseable {
  private final Core core;
  private final Refill refill;

  private Dispense(Core core, int prepared) {
    this.core = core;
    this.refill = new Refill(core, prepared);
  }

  /**
   * Returns an instance for this process: with its environment and the user's settings, and the
   * providers, agents and sources on the class path. You own it and must close it.
   *
   * @throws DispenseException when two plugins claim one id, or the settings cannot be read
   */
  public static Dispense create() {
    return builder().build();
  }

  /** Returns a builder of an instance with settings or plugins of your own. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link Dispense}; each method sets or adds one part and returns this builder. */
  public static final class Builder {
    private @Nullable Host host;
    private final List<SandboxProvider.Factory> providers = new ArrayList<>();
    private final List<SourceProvider> sources = new ArrayList<>();
    private final List<Agent> agents = new ArrayList<>();
    private boolean classPath = true;
    private int prepared;

    private Builder() {}

    /** Sets the machine and the user; default {@link Host#current()}. */
    public Builder host(Host value) {
      host = value;
      return this;
    }

    /**
     * Leaves out what is on the class path: there is only what is added. For programs that know
     * what they use, as it saves looking into every jar.
     */
    public Builder withoutClassPath() {
      classPath = false;
      return this;
    }

    /**
     * Adds a provider to those on the class path. One that was added in this way is trusted even
     * when it does not isolate.
     */
    public Builder provider(SandboxProvider.Factory factory) {
      providers.add(factory);
      return this;
    }

    /** Adds a source provider to those on the class path. */
    public Builder source(SourceProvider provider) {
      sources.add(provider);
      return this;
    }

    /** Adds an agent to those on the class path. */
    public Builder agent(Agent agent) {
      agents.add(agent);
      return this;
    }

    /**
     * Keeps sandboxes {@linkplain Dispense#prepare prepared}: each time one is created, a thread of
     * this instance sees to it that there are as many for the next ones of its kind. Closing the
     * instance ends that; those that are there stay.
     *
     * @param count 0 (the default, none) or more
     */
    public Builder prepared(int count) {
      if (count < 0) {
        throw new IllegalArgumentException("A number of sandboxes is 0 or more, not " + count);
      }
      prepared = count;
      return this;
    }

    /**
     * Returns the instance. You own it and must close it.
     *
     * @throws DispenseException when two plugins claim one id, or the settings cannot be read
     */
    public Dispense build() {
      Set<String> added = new HashSet<>();
      providers.forEach(factory -> added.add(factory.id()));
      return new Dispense(
          new Core(
              host == null ? Host.current() : host,
              new Plugins<>(
                  "provider",
                  SandboxProvider.Factory.class,
                  providers,
                  classPath,
                  factory -> List.of(factory.id())),
              added,
              new Plugins<>(
                  "source",
                  SourceProvider.class,
                  sources,
                  classPath,
                  provider -> List.copyOf(provider.types())),
              new Plugins<>("agent", Agent.class, agents, classPath, agent -> List.of(agent.id()))),
          prepared);
    }
  }

  /** Returns the machine and the user that this instance works for. */
  public Host host() {
    return core.host();
  }

  /**
   * Looks whether sandboxes can be made here and agents work in them: the providers, keys and
   * settings. Changes nothing.
   */
  public Diagnosis diagnose() {
    return new Examination(core).run();
  }

  /** Returns the ids of the agents. */
  public List<String> agents() {
    return core.agents().ids();
  }

  /** Returns the ids of the providers. */
  public List<String> providers() {
    return core.providerIds();
  }

  /**
   * Creates a sandbox, without reports of progress.
   *
   * @see #create(SandboxSpec, Progress.Listener)
   */
  public Sandbox create(SandboxSpec spec) {
    return create(spec, Progress.Listener.NONE);
  }

  /**
   * Creates a sandbox and returns when commands and tasks can be run in it. When it fails, nothing
   * is left behind.
   *
   * @param progress told of each step, as the first use of an image can take minutes
   * @return a handle; the sandbox itself lives until it is deleted
   * @throws NameTakenException when there is a sandbox of that name
   * @throws NotFoundException when there is no such agent, provider, source or base
   * @throws UnavailableException when an engine, an image or a program is missing
   * @throws RefusedException when a part of {@code spec} cannot be honoured
   */
  public Sandbox create(SandboxSpec spec, Progress.Listener progress) {
    if (PreparedSandboxes.isReserved(spec.name())) {
      throw new RefusedException(
          "The name '%s' is reserved for sandboxes that are prepared beforehand. Choose another."
              .formatted(spec.name()));
    }
    Order order = Order.of(core, spec, progress);
    order.tellWhatIsOpen();
    Machine machine = Creation.of(order).create();
    refill.wanted(spec);
    return core.sandbox(order.providerId(), machine);
  }

  /**
   * Prepares sandboxes beforehand: started, checked out and ready, so that {@link #create} takes
   * one instead of making one, as long as there is one that fits. They fit when provider, source
   * directory, agent's software, image, resources, network, environment and supervisor are the
   * same; name, base, uncommitted changes, model and agent may be others. They are not listed, use
   * memory and disk like any other sandbox, and live until they are taken or {@linkplain
   * #discardPrepared() discarded}. In one that was taken, the host name is {@code sandbox}.
   *
   * @param spec what they are to be taken for; its name does not count
   * @param count how many there are to be in all, 0 or more
   * @return how many were made
   * @throws RefusedException when the provider or the source cannot do that
   * @throws UnavailableException when an engine, an image or a program is missing
   */
  public int prepare(SandboxSpec spec, int count, Progress.Listener progress) {
    return new Preparation(Order.of(core, spec, progress)).fill(count);
  }

  /**
   * Removes the sandboxes that were prepared beforehand and wait to be taken, for whatever they
   * were, and what was left of such when a process was killed.
   *
   * @return how many were removed
   */
  public int discardPrepared() {
    return Preparation.discard(core);
  }

  /**
   * Creates a sandbox and gives the agent its first task, whose number is 1. What the task lacks,
   * such as a key, is found out before anything is made; when the task cannot be given all the
   * same, the sandbox is deleted again.
   *
   * @param progress told of each step, as the first use of an image can take minutes
   * @return a handle; the sandbox and the task go on by themselves
   * @throws UnavailableException also when the agent lacks a key
   * @throws RefusedException also when {@code spec} leaves the supervisor out
   * @see #create(SandboxSpec, Progress.Listener)
   */
  public Sandbox create(SandboxSpec spec, TaskSpec firstTask, Progress.Listener progress) {
    checkLaunch(spec, firstTask);
    Sandbox sandbox = create(spec, progress);
    try {
      sandbox.run(firstTask);
    } catch (RuntimeException | Error failure) {
      removeAfter(sandbox::discard, failure);
      throw failure;
    }
    return sandbox;
  }

  private void checkLaunch(SandboxSpec spec, TaskSpec task) {
    if (!spec.supervisor()) {
      throw new RefusedException(
          "A task needs the supervisor, which the sandbox '%s' is to be created without."
              .formatted(spec.name()));
    }
    SandboxProvider provider = core.provider(spec.provider().orElseGet(core::defaultProvider));
    Agent agent = core.agent(task.agent().or(spec::agent).orElseGet(core::defaultAgent));
    NetworkPolicy network = Order.of(core, spec, Progress.Listener.NONE).network();
    Optional<Gateway> gateway = provider.gateway(network);
    Agent.Launch launch =
        agent.launch(
            new Agent.Request(
                task.model().or(spec::model),
                task.maxTurns(),
                Optional.empty(),
                task.secrets(),
                core.host(),
                provider.layout(spec.name()),
                network,
                provider.hostAddress(),
                gateway,
                false));
    Admission.check(task.limit(), gateway, agent, launch);
  }

  /**
   * Creates a sandbox, hands it to {@code body}, and deletes it when that returns or throws. Work
   * that {@code body} has not fetched is kept, as by {@link Sandbox#delete()}.
   *
   * @return what {@code body} returns
   * @throws RefusedException also when there is work that cannot be kept; the sandbox stays then
   */
  public <T extends @Nullable Object> T withSandbox(
      SandboxSpec spec, Function<? super Sandbox, ? extends T> body) {
    try (Sandbox sandbox = create(spec)) {
      T result;
      try {
        result = body.apply(sandbox);
      } catch (RuntimeException | Error failure) {
        removeAfter(sandbox::delete, failure);
        throw failure;
      }
      sandbox.delete();
      return result;
    }
  }

  private static void removeAfter(Runnable removal, Throwable failure) {
    boolean interrupted = Thread.interrupted();
    try {
      removal.run();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Returns a handle to a sandbox that any process has created.
   *
   * @param nameOrId its exact name, or its id (its full id, or the first 12 characters and more)
   * @throws NotFoundException when there is none
   * @throws UnavailableException when it is not found and a provider cannot be asked
   */
  public Sandbox sandbox(String nameOrId) {
    return sandbox(nameOrId, Set.of());
  }

  /**
   * Returns a handle to a sandbox that any process has created, of certain providers rather than of
   * others, where a name exists at more than one.
   *
   * @param nameOrId its exact name, or its id
   * @param preferred the ids of the providers that are asked first, also when they are not set up
   * @throws NotFoundException when there is none, at the other providers either
   * @throws UnavailableException when one of the preferred cannot be asked
   */
  public Sandbox sandbox(String nameOrId, Set<String> preferred) {
    return new Lookup(core).find(nameOrId, preferred).orElseThrow(() -> none(nameOrId));
  }

  private static NotFoundException none(String nameOrId) {
    return new NotFoundException(
        "There is no sandbox '%s'. To see all: dispense list"
            .formatted(Text.printable(nameOrId, 60)));
  }

  /**
   * Returns all sandboxes, by name: those of every user and process that the providers know, and
   * those that are gone but still have files on this machine.
   *
   * @throws UnavailableException when no provider can be asked; one among several that cannot is
   *     logged and left out
   */
  public List<SandboxInfo> list() {
    return core.inventory().list();
  }

  /**
   * Returns the sandboxes of certain providers, by name; of no others is anything asked.
   *
   * @param providers the ids of the providers
   * @throws UnavailableException when one of them is not set up, or none can be asked
   */
  public List<SandboxInfo> list(Set<String> providers) {
    return core.inventory().list(core.providerIds().stream().filter(providers::contains).toList());
  }

  /**
   * Removes what is left over of sandboxes that this user made with this state directory and that
   * are not there any more: those whose creation was cut off or whose machine somebody else
   * removed, worktrees and branches whose sandbox is gone, and temporary files of processes that
   * were killed. Work that was not fetched is kept first, as by {@link Sandbox#delete()}; what
   * holds work that cannot be kept is left, and so is all that runs or that a living process is
   * creating. Calling it again finds what is still there; an interrupt stops it between two things.
   *
   * @param dryRun whether to remove nothing, and only say what would be
   * @param places directories in repositories to look through, besides those that the sandboxes
   *     which are still known were made from
   * @param report told of each thing as it is dealt with, in the calling thread
   * @throws UnavailableException when no provider can be asked
   */
  public void gc(boolean dryRun, Set<Path> places, Consumer<? super Leftover> report) {
    new GarbageCollection(core, dryRun, places, report).run();
  }

  /** Releases connections and forwarded ports; sandboxes go on. Closing twice does nothing. */
  @Override
  public void close() {
    refill.close();
    core.close();
  }
}
