package dev.dispense.core;

import dev.dispense.Capability;
import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.ExecResult;
import dev.dispense.NotFoundException;
import dev.dispense.PortForward;
import dev.dispense.PreviewUrl;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxFiles;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.SandboxNetwork;
import dev.dispense.Source;
import dev.dispense.SshAccess;
import dev.dispense.Streams;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.Traffic;
import dev.dispense.UnavailableException;
import dev.dispense.core.machine.FilesHandle;
import dev.dispense.core.machine.ListeningPorts;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.core.machine.Transfer;
import dev.dispense.core.preview.SandboxPort;
import dev.dispense.core.state.SandboxRecord;
import dev.dispense.core.task.Installer;
import dev.dispense.core.task.NetworkHandle;
import dev.dispense.core.task.SessionFinder;
import dev.dispense.core.task.Supervisor;
import dev.dispense.core.task.TaskAdmission;
import dev.dispense.core.task.TaskHandle;
import dev.dispense.core.task.TaskLaunch;
import dev.dispense.spi.Agent;
import dev.dispense.spi.SourceProvider;
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

/** A sandbox, over the core. */
final class SandboxHandle implements Sandbox {
  private final Context core;

  private final String providerId;

  private final Optional<String> machineId;

  private final SandboxRecord record;

  private final Queue<PortForward> forwardings = new ConcurrentLinkedQueue<>();

  SandboxHandle(Context core, String providerId, Optional<String> machineId, SandboxRecord record) {
    this.core = core;
    this.providerId = providerId;
    this.machineId = machineId;
    this.record = record;
  }

  @Override
  public SandboxName name() {
    return record.name();
  }

  @Override
  public SandboxInfo info() {
    return core.inventory()
        .info(providerId, core.provider(providerId).find(name()), name(), record);
  }

  @Override
  public int exec(Command command, Streams streams) {
    return connection().exec(command, streams);
  }

  @Override
  public ExecResult exec(Command command) {
    return connection().exec(command);
  }

  @Override
  public Task run(TaskSpec spec) {
    SandboxConnection connection = connection();
    Supervisor supervisor = supervisor(connection);
    Agent agent = core.agent(spec.agent().orElse(record.agent()));
    TaskAdmission admission = TaskAdmission.of(connection, record.network());
    Agent.Launch launch =
        TaskLaunch.in(core.host(), admission, record.network(), connection.isRoot(record.uid()))
            .of(agent, spec, record.model(), session(spec.resume(), supervisor));
    int id;
    if (launch.routes().isEmpty()) {
      id = supervisor.submit(spec, agent.id(), launch, Optional.empty());
    } else {
      connection.gateways().openRoutes(connection.machineId(), launch.routes());
      core.host().step("routes opened");
      id =
          admission.take(
              spec.limit(),
              supervisor,
              core.submissions(connection.machineId()),
              () -> supervisor.submit(spec, agent.id(), launch, admission.pass()));
    }
    core.host().step("task submitted");
    return new TaskHandle(supervisor, id, agent.id(), core.agents(), traffic(connection));
  }

  private Optional<Supplier<Traffic>> traffic(SandboxConnection connection) {
    return connection
        .provider()
        .gateways()
        .filter(gateways -> gateways.gateway(record.network()).isPresent())
        .map(gateways -> () -> gateways.traffic(connection.machineId()));
  }

  private Optional<String> session(OptionalInt resume, Supervisor supervisor) {
    if (resume.isEmpty()) {
      return Optional.empty();
    }
    int id = resume.getAsInt();
    SessionFinder sessions = new SessionFinder();
    task(supervisor, id, Optional.empty()).replay(sessions);
    return Optional.of(
        sessions
            .session()
            .orElseThrow(
                () ->
                    new NotFoundException(
                        "Task %d in the sandbox '%s' has no session to go on with."
                            .formatted(id, name()))));
  }

  @Override
  public List<TaskInfo> tasks() {
    return supervisor(connection()).status().stream()
        .map(report -> TaskHandle.assess(report, core.agents()))
        .sorted(Comparator.comparingInt(TaskInfo::id))
        .toList();
  }

  @Override
  public Task task(int id) {
    SandboxConnection connection = connection();
    return task(supervisor(connection), id, traffic(connection));
  }

  private Task task(Supervisor supervisor, int id, Optional<Supplier<Traffic>> traffic) {
    return new TaskHandle(supervisor, id, supervisor.status(id).agent(), core.agents(), traffic);
  }

  @Override
  public Sandbox.AgentStatus agentStatus(String agentId) {
    Agent agent = core.agent(agentId);
    SandboxConnection connection = connection();
    Installer installer = new Installer(connection, name());
    Supervisor supervisor = new Supervisor(connection, name());
    long running =
        supervisor.isInstalled()
            ? supervisor.status().stream()
                .filter(report -> report.agent().equals(agentId))
                .filter(report -> !TaskHandle.assess(report, core.agents()).state().isFinal())
                .count()
            : 0;
    return new Sandbox.AgentStatus(
        agentId,
        agent.displayName(),
        installer.version(agent.software(core.host()).get(0)),
        agent.credential(core.host()),
        (int) running);
  }

  @Override
  public void installAgent(String agentId, Progress.Listener progress) {
    SandboxConnection connection = connection();
    Supervisor supervisor = new Supervisor(connection, name());
    if (!supervisor.isInstalled()) {
      supervisor.install();
    }
    new Installer(connection, name()).install(core.agent(agentId), core.host(), progress);
  }

  @Override
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

  @Override
  public String workspace() {
    return core.provider(providerId).layout(name()).workspace();
  }

  @Override
  public SandboxFiles files() {
    return new FilesHandle(connection());
  }

  @Override
  public void upload(Path host, String path) {
    Transfer.upload(connection(), host, path);
  }

  @Override
  public void download(String path, Path host) {
    Transfer.download(connection(), path, host);
  }

  @Override
  public PortForward forward(int port) {
    PortForward forwarding = new SandboxPort(connection(), port).forward();
    forwardings.add(forwarding);
    return forwarding;
  }

  @Override
  public PortForward.Preview localPreview(int port) {
    PortForward.Preview preview = new SandboxPort(connection(), port).preview();
    forwardings.add(preview);
    return preview;
  }

  @Override
  public void connect(int port, InputStream in, OutputStream out) {
    new SandboxPort(connection(), port).connect(in, out);
  }

  @Override
  public Set<Capability> capabilities() {
    return core.provider(providerId).capabilities();
  }

  @Override
  public SshAccess ssh(Duration lifetime) {
    SandboxConnection connection = connection();
    return connection.provider().ssh(connection.machineId(), lifetime);
  }

  @Override
  public PreviewUrl preview(int port, PreviewUrl.Access access, Duration lifetime) {
    SandboxConnection connection = connection();
    return connection.provider().preview(connection.machineId(), port, access, lifetime);
  }

  @Override
  public SandboxNetwork network() {
    return new NetworkHandle(connection());
  }

  @Override
  public List<Integer> listeningPorts() {
    return ListeningPorts.in(connection());
  }

  @Override
  public void start() {
    SandboxConnection connection = connection();
    connection.provider().start(connection.machineId());
    connection.provider().gateways().ifPresent(it -> it.repair(connection.machineId()));
  }

  @Override
  public void stop(Duration grace) {
    SandboxConnection connection = connection();
    connection.provider().stop(connection.machineId(), grace);
  }

  @Override
  public void renew() {
    SandboxConnection connection = connection();
    record
        .expiresAfter()
        .ifPresent(time -> connection.provider().expireAfter(connection.machineId(), time));
  }

  @Override
  public Sandbox.DeleteResult delete() {
    return new Removal(core, providerId, machineId, record).delete();
  }

  @Override
  public void forceDelete() {
    new Removal(core, providerId, machineId, record).forceDelete();
  }

  @Override
  public void close() {
    for (PortForward next = forwardings.poll(); next != null; next = forwardings.poll()) {
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
            ("The sandbox '%s' is gone: somebody removed it, or its creation was cut off. Delete it"
                    + " to save its work and free its name.")
                .formatted(name()),
            null,
            new DispenseException.Hint.Delete(name()));
  }

  private Supervisor supervisor(SandboxConnection connection) {
    Supervisor supervisor = new Supervisor(connection, name());
    if (!record.supervisor() && !supervisor.isInstalled()) {
      throw new UnavailableException(
          "The sandbox '%s' was created without the daemon that runs tasks. Install it first."
              .formatted(name()),
          null,
          new DispenseException.Hint.InstallAgent(name()));
    }
    return supervisor;
  }

  private SourceProvider.Workspace workspace(Source source) {
    return core.workspace(core.provider(providerId), record, source);
  }
}
