package dev.dispense;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * A sandbox, through a handle: closing it releases the client side only (the {@linkplain
 * #forward(int) forwardings} made with it); the sandbox and its tasks go on. {@link #delete()}
 * removes the sandbox. Any process finds it again by its name with {@link Dispense#sandbox}.
 *
 * <p>Safe for use by several threads. A method that needs the sandbox throws {@link
 * NotFoundException} when it is gone, and {@link UnavailableException} when it is stopped.
 */
public final class Sandbox implements AutoCloseable {
  private final Core core;
  private final String providerId;
  private final Optional<String> machineId;
  private final SandboxRecord record;
  private final Queue<Forwarding> forwardings = new ConcurrentLinkedQueue<>();

  Sandbox(Core core, String providerId, Optional<String> machineId, SandboxRecord record) {
    this.core = core;
    this.providerId = providerId;
    this.machineId = machineId;
    this.record = record;
  }

  /** Returns its name. */
  public SandboxName name() {
    return record.name();
  }

  /** Returns how the sandbox is now. */
  public SandboxInfo info() {
    return core.inventory()
        .info(providerId, core.provider(providerId).find(name()), name(), record);
  }

  /**
   * Runs a command and streams what it reads and writes. In the workspace, unless the command says
   * otherwise.
   *
   * @return the exit code; 127 when there is no such program
   * @throws TimedOutException when the command's time is up; it is killed with all that it started
   */
  public int exec(Command command, Streams streams) {
    return connection().exec(command, streams);
  }

  /**
   * Runs a short command and gathers its output, up to 64 MiB of each stream.
   *
   * @throws TimedOutException when the command's time is up; it is killed with all that it started
   * @throws DispenseException when it writes more than that; it is killed
   */
  public ExecResult exec(Command command) {
    return connection().exec(command);
  }

  /**
   * Gives the agent a task. Returns when the task is in the sandbox; it starts at once or behind
   * the tasks that are there.
   *
   * @throws UnavailableException when the sandbox has no supervisor, or the agent lacks a key
   * @throws NotFoundException when there is no such agent, or no such task to resume
   * @throws RefusedException when the task's limit could not be kept, or it would lift that of
   *     another
   */
  public Task run(TaskSpec spec) {
    SandboxConnection connection = connection();
    Supervisor supervisor = supervisor(connection);
    Agent agent = core.agent(spec.agent().orElse(record.agent()));
    Admission admission = Admission.of(connection, record.network());
    Agent.Launch launch = agent.launch(request(spec, connection, supervisor, admission.gateway()));
    Admission.check(spec.limit(), admission.gateway(), agent, launch);
    int id;
    if (launch.routes().isEmpty()) {
      id = supervisor.submit(spec, agent.id(), launch, Optional.empty());
    } else {
      connection.provider().open(connection.machineId(), launch.routes());
      core.host().step("routes opened");
      id =
          admission.take(
              spec.limit(),
              supervisor,
              core.submissions(connection.machineId()),
              () -> supervisor.submit(spec, agent.id(), launch, admission.pass()));
    }
    core.host().step("task submitted");
    return new Task(supervisor, id, agent.id(), core.agents(), traffic(connection));
  }

  private Optional<Supplier<Traffic>> traffic(SandboxConnection connection) {
    SandboxProvider provider = connection.provider();
    return provider
        .gateway(record.network())
        .map(way -> () -> provider.traffic(connection.machineId()));
  }

  private Agent.Request request(
      TaskSpec spec,
      SandboxConnection connection,
      Supervisor supervisor,
      Optional<Gateway> gateway) {
    return new Agent.Request(
        spec.model().or(record::model),
        spec.maxTurns(),
        session(spec.resume(), supervisor),
        spec.secrets(),
        core.host(),
        connection.layout(),
        record.network(),
        connection.provider().hostAddress(),
        gateway,
        connection.isRoot(record.uid()));
  }

  private Optional<String> session(OptionalInt resume, Supervisor supervisor) {
    if (resume.isEmpty()) {
      return Optional.empty();
    }
    int id = resume.getAsInt();
    SessionFinder sessions = new SessionFinder();
    task(supervisor, id, Optional.empty()).events(sessions);
    return Optional.of(
        sessions
            .session()
            .orElseThrow(
                () ->
                    new NotFoundException(
                        "Task %d in the sandbox '%s' has no session to go on with."
                            .formatted(id, name()))));
  }

  /** Returns all tasks by their number. */
  public List<TaskInfo> tasks() {
    return supervisor(connection()).status().stream()
        .map(report -> Task.judge(report, core.agents()))
        .sorted(Comparator.comparingInt(TaskInfo::id))
        .toList();
  }

  /**
   * Returns a task.
   *
   * @throws NotFoundException when there is none with that number
   */
  public Task task(int id) {
    SandboxConnection connection = connection();
    return task(supervisor(connection), id, traffic(connection));
  }

  private Task task(Supervisor supervisor, int id, Optional<Supplier<Traffic>> traffic) {
    return new Task(supervisor, id, supervisor.status(id).agent(), core.agents(), traffic);
  }

  /**
   * Returns whether an agent can work here.
   *
   * @param agentId the id of the agent
   */
  public AgentStatus agentStatus(String agentId) {
    Agent agent = core.agent(agentId);
    SandboxConnection connection = connection();
    Installer installer = new Installer(connection, name());
    Supervisor supervisor = new Supervisor(connection, name());
    long running =
        supervisor.isInstalled()
            ? supervisor.status().stream()
                .filter(report -> report.agent().equals(agentId))
                .filter(report -> !Task.judge(report, core.agents()).state().isFinal())
                .count()
            : 0;
    return new AgentStatus(
        agentId,
        agent.displayName(),
        installer.version(agent.software(core.host()).get(0)),
        agent.credential(core.host()),
        (int) running);
  }

  /**
   * Makes a sandbox that was created without a supervisor ready for tasks; also installs an agent
   * that is missing. Does nothing where all is there.
   *
   * @param agentId the id of the agent
   */
  public void prepare(String agentId, Progress.Listener progress) {
    SandboxConnection connection = connection();
    Supervisor supervisor = new Supervisor(connection, name());
    if (!supervisor.isInstalled()) {
      supervisor.install();
    }
    new Installer(connection, name()).install(core.agent(agentId), core.host(), progress);
  }

  /**
   * Fetches what the agent did so far, running or not.
   *
   * @throws RefusedException when the sandbox has no source, or its work fails the checks
   */
  public Changes changes() {
    SandboxConnection connection = connection();
    Source source =
        record
            .source()
            .orElseThrow(
                () ->
                    new RefusedException(
                        "The sandbox '%s' was created without a source, so there are no changes to"
                                .formatted(name())
                            + " it. Use download to get files out."));
    return core.source(source.type()).changes(workspace(source), connection::exec);
  }

  /**
   * Copies what is in a directory of this machine into a directory of the sandbox, which is made
   * when it is missing.
   *
   * @param host a directory on this machine
   * @param path an absolute path in the sandbox
   */
  public void upload(Path host, String path) {
    Transfer.upload(connection(), host, path);
  }

  /**
   * Copies a file or directory of the sandbox into a directory of this machine. What the sandbox
   * gives is not trusted: see {@link Archive#unpack}.
   *
   * @param path an absolute path in the sandbox
   * @param host an existing directory on this machine
   */
  public void download(String path, Path host) {
    Transfer.download(connection(), path, host);
  }

  /**
   * Makes a TCP port of the sandbox reachable through a loopback port of this machine, until the
   * forwarding or this handle is closed. As long as it is open, every program and every user of
   * this machine can connect, and pages that a browser shows can send requests to it. For a web
   * server there is {@link #localPreview}, and {@link #connect} needs no port.
   *
   * @param port 1 to 65535
   * @throws RefusedException when the provider lacks {@link Capability#PORT_FORWARDING}
   */
  public Forwarding forward(int port) {
    Forwarding forwarding = new SandboxPort(connection(), port).forward();
    forwardings.add(forwarding);
    return forwarding;
  }

  /**
   * Makes a web server of the sandbox reachable through a loopback port of this machine, for those
   * who have its address, until the preview or this handle is closed.
   *
   * @param port 1 to 65535
   * @throws RefusedException when the provider lacks {@link Capability#PORT_FORWARDING}
   */
  public LocalPreview localPreview(int port) {
    LocalPreview preview = new SandboxPort(connection(), port).preview();
    forwardings.add(preview);
    return preview;
  }

  /**
   * Connects to a TCP port of the sandbox, as {@link SandboxProvider#connect} does: nothing listens
   * on this machine for it.
   *
   * @param port 1 to 65535
   */
  public void connect(int port, InputStream in, OutputStream out) {
    new SandboxPort(connection(), port).connect(in, out);
  }

  /** Returns what its provider can do. */
  public Set<Capability> capabilities() {
    return core.provider(providerId).capabilities();
  }

  /**
   * Returns a way into the sandbox by SSH, from any machine. It may end those that were given out
   * before: see {@link SandboxProvider#ssh}.
   *
   * @param lifetime how long it lets people in, rounded up to minutes
   * @throws RefusedException when the provider lacks {@link Capability#SSH}
   */
  public SshAccess ssh(Duration lifetime) {
    SandboxConnection connection = connection();
    return connection.provider().ssh(connection.machineId(), lifetime);
  }

  /**
   * Returns the address of what listens on a TCP port of the sandbox, for browsers anywhere; for
   * those on this machine there is {@link #localPreview}.
   *
   * @param port 1 to 65535
   * @param access who can open it
   * @param lifetime how long a {@linkplain Preview.Access#SIGNED signed} address works
   * @throws RefusedException when the provider lacks {@link Capability#PREVIEW_URL}, keeps the port
   *     for itself, or allows no such lifetime
   */
  public Preview preview(int port, Preview.Access access, Duration lifetime) {
    SandboxConnection connection = connection();
    return connection.provider().preview(connection.machineId(), port, access, lifetime);
  }

  /** Returns what the sandbox may reach, and what it has reached. */
  public NetworkAccess network() {
    return new NetworkAccess(connection());
  }

  /** Returns the TCP ports that something in the sandbox listens on, in ascending order. */
  public List<Integer> listeningPorts() {
    return ListeningPorts.in(connection());
  }

  /**
   * Starts a stopped sandbox, and its gateway if somebody has stopped or removed that. Tasks that
   * ran when it was stopped are lost.
   *
   * @throws UnavailableException when the gateway cannot be brought to work; the sandbox runs then
   */
  public void start() {
    SandboxConnection connection = connection();
    connection.provider().start(connection.machineId());
    connection.provider().reconnect(connection.machineId());
  }

  /**
   * Stops the sandbox; its files stay.
   *
   * @param grace how long its processes have to end by themselves
   */
  public void stop(Duration grace) {
    SandboxConnection connection = connection();
    connection.provider().stop(connection.machineId(), grace);
  }

  /**
   * Deletes the sandbox with all that runs in it. Work that has not been fetched is kept where the
   * sandbox came from; the result says where. Deleting what is deleted already does nothing.
   *
   * @throws RefusedException when there is work that cannot be kept; nothing is deleted then, and
   *     {@link #discard()} deletes all the same
   */
  public Deletion delete() {
    return new Removal(core, providerId, machineId, record).delete();
  }

  /** Deletes the sandbox and all work that has not been fetched, whether it can be kept or not. */
  public void discard() {
    new Removal(core, providerId, machineId, record).discard();
  }

  /** Closes the forwardings made with this handle. The sandbox goes on. */
  @Override
  public void close() {
    for (Forwarding next = forwardings.poll(); next != null; next = forwardings.poll()) {
      next.close();
    }
  }

  private SandboxConnection connection() {
    return core.connection(providerId, machineId.orElseThrow(this::noMachine), name());
  }

  private DispenseException noMachine() {
    return core.isBeingCreated(record)
        ? new UnavailableException(
            "The sandbox '%s' is just being created. Wait until it is there.".formatted(name()))
        : new NotFoundException(
            ("The sandbox '%s' is gone: somebody removed it, or its creation was cut off. To save"
                    + " its work and free its name: dispense delete %s")
                .formatted(name(), name()));
  }

  private Supervisor supervisor(SandboxConnection connection) {
    Supervisor supervisor = new Supervisor(connection, name());
    if (!record.supervisor() && !supervisor.isInstalled()) {
      throw new UnavailableException(
          ("The sandbox '%s' was created without the daemon that runs tasks. To install it:"
                  + " dispense claude %s run --install-daemon")
              .formatted(name(), name()));
    }
    return supervisor;
  }

  private SourceProvider.Workspace workspace(Source source) {
    return core.workspace(core.provider(providerId), record, source);
  }
}
