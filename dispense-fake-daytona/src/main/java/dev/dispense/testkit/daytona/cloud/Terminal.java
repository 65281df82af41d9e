package dev.dispense.testkit.daytona.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.http.FrameSocket;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A shell at a terminal, which any number of clients look at and type into. */
public final class Terminal {
  private static final int CHUNK = 1 << 15;
  private static final int KILLED = 137;

  private final Machine machine;
  private final ObjectNode info;
  private final Set<TerminalClient> clients = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<byte[]> typed = new LinkedBlockingQueue<>();
  private @Nullable TerminalProcess process;

  /**
   * @param info what the client asked for, completed
   */
  public Terminal(Machine machine, ObjectNode info) {
    this.machine = machine;
    this.info = info;
    info.put("createdAt", Json.time(Instant.now()));
    info.put("active", false);
  }

  public synchronized JsonNode info() {
    return info.deepCopy();
  }

  /** Starts the shell, unless it has been started. */
  public synchronized void start() throws IOException {
    if (process != null) {
      return;
    }
    TerminalProcess started =
        TerminalProcess.start(
            machine,
            variables(info.path("envs")),
            info.path("cwd").asText(),
            "",
            info.path("rows").asText(),
            info.path("cols").asText());
    process = started;
    info.put("active", true);
    machine.fork(() -> show(started.process()));
    machine.fork(() -> type(started.process()));
  }

  /** Shows the terminal to a client from now on, and takes what it types. */
  public void attach(FrameSocket socket) {
    TerminalClient client = new TerminalClient(socket);
    clients.add(client);
    machine.opened(socket);
    socket.listen(
        typed::add,
        () -> {
          clients.remove(client);
          client.gone();
          machine.closed(socket);
        });
    machine.fork(client::write);
  }

  public synchronized void resize(int columns, int rows) throws IOException, InterruptedException {
    if (process != null) {
      process.resize(Integer.toString(rows), Integer.toString(columns));
    }
    info.put("cols", columns);
    info.put("rows", rows);
  }

  /** Kills the shell; clients are told so. */
  public void kill() {
    TerminalProcess running;
    synchronized (this) {
      running = process;
    }
    if (running == null) {
      end(KILLED);
    } else {
      machine.ended(running.process());
    }
  }

  private void show(ContainerProcess started) {
    byte[] chunk = new byte[CHUNK];
    try (InputStream output = started.output()) {
      for (int read = output.read(chunk); read >= 0; read = output.read(chunk)) {
        byte[] shown = Arrays.copyOf(chunk, read);
        clients.forEach(client -> client.show(shown));
      }
    } catch (IOException e) {
      // The shell was killed, or its sandbox stopped.
    }
    try {
      end(started.await());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      machine.ended(started);
    }
  }

  private void end(int exitCode) {
    synchronized (this) {
      info.put("active", false);
    }
    machine.terminals().remove(info.path("id").asText(), this);
    ObjectNode reason = Json.object();
    reason.put("exitCode", exitCode);
    if (exitCode == KILLED) {
      reason.put("exitReason", "Process killed (SIGKILL)");
    }
    clients.forEach(client -> client.end(exitCode == 0 ? 1000 : 1011, reason.toString()));
    typed.add(new byte[0]);
  }

  private void type(ContainerProcess started) {
    try (OutputStream input = started.input()) {
      for (byte[] keys = typed.take(); keys.length > 0; keys = typed.take()) {
        input.write(keys);
        input.flush();
      }
    } catch (IOException e) {
      // The shell has ended, and takes nothing more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the variables that a request gives a process. */
  public static Map<String, String> variables(JsonNode envs) {
    Map<String, String> variables = new LinkedHashMap<>();
    envs.properties()
        .forEach(variable -> variables.put(variable.getKey(), variable.getValue().asText()));
    return variables;
  }
}
