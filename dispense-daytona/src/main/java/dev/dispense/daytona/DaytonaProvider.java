package dev.dispense.daytona;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.Environment;
import dev.dispense.PreviewUrl;
import dev.dispense.Progress;
import dev.dispense.SandboxName;
import dev.dispense.SshAccess;
import dev.dispense.Streams;
import dev.dispense.daytona.access.Access;
import dev.dispense.daytona.creation.Creation;
import dev.dispense.daytona.exec.Exec;
import dev.dispense.daytona.exec.Preparation;
import dev.dispense.daytona.exec.SandboxFiles;
import dev.dispense.daytona.exec.TerminalSession;
import dev.dispense.daytona.http.Http;
import dev.dispense.daytona.http.RetryingCalls;
import dev.dispense.daytona.http.Sleeper;
import dev.dispense.daytona.sandbox.CompletedCommands;
import dev.dispense.daytona.sandbox.Layout;
import dev.dispense.daytona.sandbox.RemoteSandbox;
import dev.dispense.daytona.sandbox.SandboxAccess;
import dev.dispense.daytona.sandbox.SandboxStates;
import dev.dispense.daytona.sandbox.Sandboxes;
import dev.dispense.daytona.sandbox.Toolbox;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import java.io.InputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Sandboxes of one organization at the service. */
public final class DaytonaProvider implements SandboxProvider {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Environment host;
  private final Http http;
  private final Sandboxes sandboxes;
  private final SandboxStates states;
  private final Toolbox toolbox;
  private final SandboxFiles files;
  private final SandboxAccess access;
  private final CompletedCommands finished = new CompletedCommands();

  DaytonaProvider(Environment host, Access access) {
    this(host, access, Sleeper.REAL, PATIENCE);
  }

  /**
   * @param patience how long a sandbox that should be running may not answer
   */
  public DaytonaProvider(Environment host, Access access, Sleeper pause, Duration patience) {
    this.host = host;
    this.http = new Http(host, access);
    this.sandboxes = new Sandboxes(new RetryingCalls(http, pause));
    this.states = new SandboxStates(sandboxes);
    this.toolbox = new Toolbox(sandboxes, patience);
    this.files = new SandboxFiles(toolbox, finished);
    this.access = new SandboxAccess(sandboxes, host.clock());
  }

  /** Returns that resources are not applied: the service knows whole cores and GiB, for images. */
  @Override
  public Set<Capability> capabilities() {
    return EnumSet.of(
        Capability.STOP_START,
        Capability.EXPIRY,
        Capability.SSH,
        Capability.PREVIEW_URL,
        Capability.NETWORK_NONE,
        Capability.NETWORK_ALLOW,
        Capability.ISOLATION);
  }

  @Override
  public SandboxLayout layout(SandboxName name) {
    return Layout.PATHS;
  }

  @Override
  public Machine create(MachineSpec spec, Progress.Listener progress) {
    return new Creation(host, sandboxes, toolbox, finished, spec, progress).create();
  }

  @Override
  public List<Machine> list() {
    return sandboxes.list().stream().map(RemoteSandbox::machine).flatMap(Optional::stream).toList();
  }

  @Override
  public Optional<Machine> find(SandboxName name) {
    return sandboxes
        .withName("find the sandbox '" + name + "'", RemoteSandbox.nameOf(name))
        .flatMap(RemoteSandbox::machine);
  }

  @Override
  public int exec(String machineId, Command command, Streams streams) {
    return streams
        .terminal()
        .map(terminal -> TerminalSession.run(toolbox, machineId, command, streams, terminal))
        .orElseGet(() -> Exec.run(toolbox, finished, machineId, command, streams));
  }

  @Override
  public void upload(String machineId, String directory, InputStream tar) {
    files.upload(machineId, directory, tar);
  }

  @Override
  public InputStream download(String machineId, String path) {
    return files.download(machineId, path);
  }

  @Override
  public void start(String machineId) {
    states.start(machineId);
    Preparation.run(toolbox, finished, machineId);
  }

  @Override
  public void stop(String machineId, Duration grace) {
    states.stop(machineId, grace.isZero());
  }

  @Override
  public void expireAfter(String machineId, Duration time) {
    states.stopUnused(machineId, time);
  }

  @Override
  public SshAccess ssh(String machineId, Duration lifetime) {
    return access.ssh(machineId, lifetime);
  }

  @Override
  public PreviewUrl preview(
      String machineId, int port, PreviewUrl.Access audience, Duration lifetime) {
    return access.preview(machineId, port, audience, lifetime);
  }

  @Override
  public void delete(String machineId) {
    states.delete(machineId);
    finished.forget(machineId);
  }

  @Override
  public void close() {
    http.close();
  }
}
