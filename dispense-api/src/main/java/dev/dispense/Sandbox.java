package dev.dispense;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A sandbox, through a handle: closing it releases the client side only (the {@linkplain
 * #forward(int) forwardings} made with it); the sandbox and its tasks go on. {@link #delete()}
 * removes the sandbox. Any process finds it again by its name with {@link Dispense#sandbox}.
 *
 * <p>Safe for use by several threads. A method that needs the sandbox throws {@link
 * NotFoundException} when it is gone, and {@link UnavailableException} when it is stopped.
 */
public interface Sandbox extends AutoCloseable {
  /** Returns its name. */
  SandboxName name();

  /** Returns how the sandbox is now. */
  SandboxInfo info();

  /**
   * Runs a command and streams what it reads and writes. In the workspace, unless the command says
   * otherwise.
   *
   * @return the exit code; 127 when there is no such program
   * @throws TimedOutException when the command's time is up; it is killed with all that it started
   */
  int exec(Command command, Streams streams);

  /**
   * Runs a short command and gathers its output, up to 64 MiB of each stream.
   *
   * @throws TimedOutException when the command's time is up; it is killed with all that it started
   * @throws DispenseException when it writes more than that; it is killed
   */
  ExecResult exec(Command command);

  /**
   * Gives the agent a task. Returns when the task is in the sandbox; it starts at once or behind
   * the tasks that are there.
   *
   * @throws UnavailableException when the sandbox has no supervisor, or the agent lacks a key
   * @throws NotFoundException when there is no such agent, or no such task to resume
   * @throws RefusedException when the task's limit could not be kept, or it would lift that of
   *     another
   */
  Task run(TaskSpec spec);

  /** Returns all tasks by their number. */
  List<TaskInfo> tasks();

  /**
   * Returns a task.
   *
   * @throws NotFoundException when there is none with that number
   */
  Task task(int id);

  /**
   * Returns whether an agent can work here.
   *
   * @param agentId the id of the agent
   */
  AgentStatus agentStatus(String agentId);

  /**
   * Makes a sandbox that was created without a supervisor ready for tasks; also installs an agent
   * that is missing. Does nothing where all is there.
   *
   * @param agentId the id of the agent
   */
  void installAgent(String agentId, Progress.Listener progress);

  /**
   * Fetches what the agent did so far, running or not.
   *
   * @throws RefusedException when the sandbox has no source, or its work fails the checks
   */
  Changes changes();

  /** Returns the absolute path in the sandbox of what is worked on there. */
  String workspace();

  /** Returns what reads and writes single files of the sandbox. */
  SandboxFiles files();

  /**
   * Copies what is in a directory of this machine into a directory of the sandbox, which is made
   * when it is missing.
   *
   * @param host a directory on this machine
   * @param path an absolute path in the sandbox
   */
  void upload(Path host, String path);

  /**
   * Copies a file or directory of the sandbox into a directory of this machine. What the sandbox
   * gives is not trusted: see {@link dev.dispense.support.Archive#unpack}.
   *
   * @param path an absolute path in the sandbox
   * @param host an existing directory on this machine
   */
  void download(String path, Path host);

  /**
   * Makes a TCP port of the sandbox reachable through a loopback port of this machine, until the
   * forwarding or this handle is closed. As long as it is open, every program and every user of
   * this machine can connect, and pages that a browser shows can send requests to it. For a web
   * server there is {@link #localPreview}, and {@link #connect} needs no port.
   *
   * @param port 1 to 65535
   * @throws RefusedException when the provider lacks {@link Capability#PORT_FORWARDING}
   */
  PortForward forward(int port);

  /**
   * Makes a web server of the sandbox reachable through a loopback port of this machine, for those
   * who have its address, until the preview or this handle is closed.
   *
   * @param port 1 to 65535
   * @throws RefusedException when the provider lacks {@link Capability#PORT_FORWARDING}
   */
  PortForward.Preview localPreview(int port);

  /**
   * Connects to a TCP port of the sandbox, as {@link dev.dispense.spi.SandboxProvider#connect}
   * does: nothing listens on this machine for it.
   *
   * @param port 1 to 65535
   */
  void connect(int port, InputStream in, OutputStream out);

  /** Returns what its provider can do. */
  Set<Capability> capabilities();

  /**
   * Returns a way into the sandbox by SSH, from any machine. It may end those that were given out
   * before: see {@link dev.dispense.spi.SandboxProvider#ssh}.
   *
   * @param lifetime how long it lets people in, rounded up to minutes
   * @throws RefusedException when the provider lacks {@link Capability#SSH}
   */
  SshAccess ssh(Duration lifetime);

  /**
   * Returns the address of what listens on a TCP port of the sandbox, for browsers anywhere; for
   * those on this machine there is {@link #localPreview}.
   *
   * @param port 1 to 65535
   * @param access who can open it
   * @param lifetime how long a {@linkplain PreviewUrl.Access#SIGNED signed} address works
   * @throws RefusedException when the provider lacks {@link Capability#PREVIEW_URL}, keeps the port
   *     for itself, or allows no such lifetime
   */
  PreviewUrl preview(int port, PreviewUrl.Access access, Duration lifetime);

  /** Returns what the sandbox may reach, and what it has reached. */
  SandboxNetwork network();

  /** Returns the TCP ports that something in the sandbox listens on, in ascending order. */
  List<Integer> listeningPorts();

  /**
   * Starts a stopped sandbox, and its gateway if somebody has stopped or removed that. Tasks that
   * ran when it was stopped are lost.
   *
   * @throws UnavailableException when the gateway cannot be brought to work; the sandbox runs then
   */
  void start();

  /**
   * Stops the sandbox; its files stay.
   *
   * @param grace how long its processes have to end by themselves
   */
  void stop(Duration grace);

  /**
   * Begins the {@linkplain SandboxSpec#expiresAfter() time} anew after which the sandbox stops by
   * itself; does nothing when it has none.
   *
   * @throws UnavailableException when it does not run
   */
  void renew();

  /**
   * Deletes the sandbox with all that runs in it. Work that has not been fetched is kept where the
   * sandbox came from; the result says where. Deleting what is deleted already does nothing.
   *
   * @throws RefusedException when there is work that cannot be kept; nothing is deleted then, and
   *     {@link #forceDelete()} deletes all the same
   */
  DeleteResult delete();

  /** Deletes the sandbox and all work that has not been fetched, whether it can be kept or not. */
  void forceDelete();

  /** Closes the forwardings made with this handle. The sandbox goes on. */
  @Override
  void close();

  /**
   * Whether an agent can work in a sandbox.
   *
   * @param agent the id of the agent
   * @param displayName the name that people know
   * @param version what is installed in the sandbox; empty when it is not
   * @param credential where its key or token comes from, without the key; empty when there is none
   * @param running how many of its tasks run or wait
   */
  record AgentStatus(
      String agent,
      String displayName,
      Optional<String> version,
      Optional<String> credential,
      int running) {}

  /**
   * What became of a sandbox's work when it was deleted.
   *
   * @param name the sandbox's name, which is free again
   * @param kept where the work that had not been fetched is kept, in words for a person; empty when
   *     there was none
   */
  record DeleteResult(SandboxName name, Optional<String> kept) {}
}
