package dev.dispense.testkit.daytona.cloud;

import dev.dispense.testkit.daytona.http.FrameSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs in a sandbox: its container, which is made when it is first needed. */
public final class Machine {
  private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

  private final CloudSandbox sandbox;
  private final Docker docker;
  private final Executor threads;
  private final Set<ContainerProcess> processes = ConcurrentHashMap.newKeySet();
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final Map<String, Terminal> terminals = new ConcurrentHashMap<>();
  private final Set<FrameSocket> streams = ConcurrentHashMap.newKeySet();
  private final Map<String, PortRelay> relays = new HashMap<>();
  private @Nullable String container;
  private boolean running;

  public Machine(CloudSandbox sandbox, Docker docker, Executor threads) {
    this.sandbox = sandbox;
    this.docker = docker;
    this.threads = threads;
  }

  public CloudSandbox sandbox() {
    return sandbox;
  }

  public Map<String, Session> sessions() {
    return sessions;
  }

  public Map<String, Terminal> terminals() {
    return terminals;
  }

  /** Starts a thread that ends at the latest with the server. */
  public void fork(Runnable work) {
    threads.execute(work);
  }

  /** A client looks at what happens in the sandbox, which counts as activity. */
  public void opened(FrameSocket socket) {
    streams.add(socket);
    sandbox.opened();
  }

  public void closed(FrameSocket socket) {
    if (streams.remove(socket)) {
      sandbox.closed();
    }
  }

  /** Cuts the connections of all that look. */
  void cutStreams() {
    streams.forEach(FrameSocket::cut);
  }

  /** Runs a command; see {@link Docker#exec}. Whoever runs it ends it with {@link #ended}. */
  public ContainerProcess exec(
      Map<String, String> environment, String directory, List<String> command) throws IOException {
    ContainerProcess process = docker.exec(container(), environment, directory, command);
    processes.add(process);
    return process;
  }

  /** Kills a process if it still runs. */
  public void ended(ContainerProcess process) {
    process.kill();
    processes.remove(process);
  }

  /** Runs a short script of ours to its end. */
  public Result run(String script, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    command.addAll(List.of(arguments));
    ContainerProcess process = exec(Map.of(), "", command);
    try (InputStream output = process.output();
        InputStream errors = process.errors()) {
      process.input().close();
      byte[] bytes = output.readAllBytes();
      errors.transferTo(OutputStream.nullOutputStream());
      return new Result(process.await(), bytes);
    } finally {
      ended(process);
    }
  }

  /** Returns a loopback port that leads to a port that the container reaches. */
  public synchronized PortRelay relay(String host, int port) throws IOException {
    String name = host + ":" + port;
    PortRelay relay = relays.get(name);
    if (relay == null) {
      relay = PortRelay.open(this, host, port);
      relays.put(name, relay);
    }
    return relay;
  }

  synchronized void stop() {
    forget();
    if (container != null && running) {
      running = false;
      ignoringFailure(docker::kill, container);
    }
  }

  synchronized void remove() {
    forget();
    if (container != null) {
      ignoringFailure(docker::remove, container);
      container = null;
    }
  }

  /** Drops the connections to all processes. */
  synchronized void forget() {
    cutStreams();
    relays.values().forEach(PortRelay::close);
    relays.clear();
    processes.forEach(ContainerProcess::forget);
    processes.clear();
    sessions.clear();
    terminals.clear();
  }

  private synchronized String container() throws IOException {
    State state = sandbox.state();
    if (state != State.STARTED) {
      throw new IOException("The sandbox is " + state.wire() + ".");
    }
    String id = container;
    if (id == null) {
      id = make();
      container = id;
    } else if (!running) {
      docker.start(id);
    }
    running = true;
    return id;
  }

  private String make() throws IOException {
    try {
      return docker.run(sandbox);
    } catch (IOException e) {
      LOG.warn("The fake Daytona has no container for the sandbox {}", sandbox.name(), e);
      throw e;
    }
  }

  private static void ignoringFailure(Step step, String container) {
    try {
      step.run(container);
    } catch (IOException e) {
      // It has ended, or somebody removed it; what is left is removed when the server is closed.
    }
  }

  private interface Step {
    void run(String container) throws IOException;
  }

  /** How a script ended, and what it wrote. */
  public static final class Result {
    private final int exitCode;
    private final byte[] output;

    Result(int exitCode, byte[] output) {
      this.exitCode = exitCode;
      this.output = output;
    }

    public int exitCode() {
      return exitCode;
    }

    byte[] output() {
      return output;
    }

    public String text() {
      return new String(output, StandardCharsets.UTF_8);
    }
  }
}
