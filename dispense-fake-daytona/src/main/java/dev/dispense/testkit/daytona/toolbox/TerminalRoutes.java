package dev.dispense.testkit.daytona.toolbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.cloud.Terminal;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.FrameSocket;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Terminals; their errors have a form of their own. */
final class TerminalRoutes {
  private static final int MOST = 1000;
  private static final String PTY = "process/pty/{id}";

  void addTo(ToolboxApi toolbox) {
    toolbox.on("GET", "process/pty", TerminalRoutes::list);
    toolbox.on("POST", "process/pty", TerminalRoutes::create);
    toolbox.on("GET", PTY, TerminalRoutes::get);
    toolbox.on("DELETE", PTY, TerminalRoutes::delete);
    toolbox.on("POST", PTY + "/resize", TerminalRoutes::resize);
    toolbox.on("GET", PTY + "/connect", TerminalRoutes::connect);
  }

  private static void list(Call call, Machine machine, Map<String, String> names)
      throws IOException {
    ObjectNode node = Json.object();
    ArrayNode sessions = node.putArray("sessions");
    machine.terminals().values().forEach(terminal -> sessions.add(terminal.info()));
    call.answer(200, node);
  }

  private static void create(Call call, Machine machine, Map<String, String> names)
      throws IOException {
    ObjectNode request = call.object();
    ObjectNode info = Json.object();
    String id = request.path("id").asText();
    info.put("id", id);
    info.put("cwd", request.path("cwd").asText());
    info.set(
        "envs", request.path("envs") instanceof ObjectNode variables ? variables : Json.object());
    info.put("cols", request.path("cols").asInt(80));
    info.put("rows", request.path("rows").asInt(24));
    info.put("lazyStart", request.path("lazyStart").asBoolean());
    if (id.isEmpty()) {
      refuse(call, 400, "session ID is required");
    } else if (tooLarge(info)) {
      refuse(call, 400, "invalid value for cols or rows - must be less than 1000");
    } else {
      Terminal terminal = new Terminal(machine, info);
      if (machine.terminals().putIfAbsent(id, terminal) != null) {
        refuse(call, 409, "PTY session with ID '" + id + "' already exists");
        return;
      }
      if (!info.path("lazyStart").asBoolean() && !started(terminal)) {
        machine.terminals().remove(id);
        refuse(call, 500, "failed to start PTY session");
        return;
      }
      call.answer(201, Json.object().put("sessionId", id));
    }
  }

  private static void get(Call call, Machine machine, Map<String, String> names)
      throws IOException {
    Terminal terminal = find(machine, names);
    if (terminal == null) {
      refuse(call, 404, "PTY session not found");
    } else {
      call.answer(200, terminal.info());
    }
  }

  private static void delete(Call call, Machine machine, Map<String, String> names)
      throws IOException {
    Terminal terminal = machine.terminals().remove(names.getOrDefault("id", ""));
    if (terminal == null) {
      refuse(call, 404, "PTY session not found");
    } else {
      terminal.kill();
      call.answer(200, Json.object().put("message", "PTY session deleted"));
    }
  }

  private static void resize(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    Terminal terminal = find(machine, names);
    ObjectNode request = call.object();
    if (tooLarge(request)) {
      refuse(call, 400, "cols and rows must be less than 1000");
    } else if (terminal == null) {
      refuse(call, 410, "PTY session " + names.get("id") + " not found");
    } else {
      terminal.resize(request.path("cols").asInt(), request.path("rows").asInt());
      call.answer(200, terminal.info());
    }
  }

  private static void connect(Call call, Machine machine, Map<String, String> names)
      throws IOException {
    Terminal terminal = find(machine, names);
    FrameSocket.accept(
        call,
        socket ->
            machine.fork(
                () -> {
                  if (terminal == null) {
                    fail(socket, "PTY session " + names.get("id") + " not found");
                    return;
                  }
                  terminal.attach(socket);
                  if (!started(terminal)) {
                    fail(socket, "failed to start PTY session");
                  }
                }));
  }

  private static @Nullable Terminal find(Machine machine, Map<String, String> names) {
    return machine.terminals().get(names.getOrDefault("id", ""));
  }

  private static boolean started(Terminal terminal) {
    try {
      terminal.start();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean tooLarge(ObjectNode size) {
    return size.path("cols").asInt() > MOST || size.path("rows").asInt() > MOST;
  }

  private static void fail(FrameSocket socket, String message) {
    ObjectNode error = Json.object();
    error.put("type", "control");
    error.put("status", "error");
    error.put("error", "Failed to connect to PTY session: " + message);
    try {
      socket.text(error.toString());
      socket.close(1000, "");
    } catch (IOException e) {
      socket.cut();
    }
  }

  private static void refuse(Call call, int status, String message) throws IOException {
    call.answer(status, Json.object().put("error", message));
  }
}
