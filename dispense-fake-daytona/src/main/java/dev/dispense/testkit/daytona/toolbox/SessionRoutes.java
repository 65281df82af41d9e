package dev.dispense.testkit.daytona.toolbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.cloud.Session;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;

/** Sessions, their commands, and what those print. */
final class SessionRoutes {
  private static final String COMMAND = "process/session/{session}/command/{command}";

  void addTo(ToolboxApi toolbox) {
    toolbox.on("GET", "process/session", SessionRoutes::list);
    toolbox.on("POST", "process/session", SessionRoutes::create);
    toolbox.on("GET", "process/session/entrypoint", SessionRoutes::entrypoint);
    toolbox.on("GET", "process/session/entrypoint/logs", SessionRoutes::entrypointLogs);
    toolbox.on("GET", "process/session/{session}", SessionRoutes::get);
    toolbox.on("DELETE", "process/session/{session}", SessionRoutes::delete);
    toolbox.on("POST", "process/session/{session}/exec", SessionRoutes::execute);
    toolbox.on("GET", COMMAND, SessionRoutes::command);
    toolbox.on("GET", COMMAND + "/logs", new SessionLogs()::answer);
    toolbox.on("POST", COMMAND + "/input", SessionRoutes::input);
  }

  /** Returns the session that the path names. */
  static Session find(Machine machine, Map<String, String> names) {
    Session session = machine.sessions().get(names.getOrDefault("session", ""));
    if (session == null) {
      throw ApiError.notFound("session not found");
    }
    return session;
  }

  private static void list(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    ArrayNode all = Json.array();
    for (Map.Entry<String, Session> each : machine.sessions().entrySet()) {
      all.add(describe(each.getKey(), each.getValue()));
    }
    call.answer(200, all);
  }

  private static void create(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    String id = call.object().path("sessionId").asText();
    if (id.isEmpty()) {
      throw ApiError.badRequest("invalid request body: sessionId is required");
    }
    synchronized (machine.sessions()) {
      if (machine.sessions().containsKey(id)) {
        throw ApiError.conflict("session already exists");
      }
      machine.sessions().put(id, Session.open(machine, id));
    }
    call.answer(201);
  }

  private static void entrypoint(Call call, Machine machine, Map<String, String> names)
      throws IOException {
    ObjectNode node = Json.object();
    node.put("sessionId", "entrypoint");
    node.putArray("commands").addObject().put("id", "entrypoint_command").put("command", "");
    call.answer(200, node);
  }

  private static void entrypointLogs(Call call, Machine machine, Map<String, String> names)
      throws IOException {
    call.answer(200, SessionLogs.outputs(new byte[0]));
  }

  private static void get(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    call.answer(200, describe(names.getOrDefault("session", ""), find(machine, names)));
  }

  private static void delete(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    Session session = find(machine, names);
    machine.sessions().remove(names.getOrDefault("session", ""));
    session.delete();
    call.answer(204);
  }

  private static void execute(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    Session session = find(machine, names);
    ObjectNode request = call.object();
    String text = request.path("command").asText();
    if (text.isBlank()) {
      throw ApiError.badRequest("command cannot be empty");
    }
    Session.Command command = session.execute(text, request.path("suppressInputEcho").asBoolean());
    ObjectNode answer = Json.object();
    answer.put("cmdId", command.id);
    if (request.path("runAsync").asBoolean() || request.path("async").asBoolean()) {
      call.answer(202, answer);
      return;
    }
    byte[] log = session.await(command);
    OptionalInt exitCode = session.exitCode(command);
    if (exitCode.isEmpty()) {
      throw ApiError.badRequest("session cancelled");
    }
    LogFormat format = LogFormat.of(call);
    if (format == LogFormat.SPLIT) {
      answer.setAll(SessionLogs.outputs(log));
    } else {
      answer.put("output", new String(SessionLogs.shown(log, format), StandardCharsets.UTF_8));
    }
    answer.put("exitCode", exitCode.getAsInt());
    call.answer(200, answer);
  }

  private static void command(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    Session session = find(machine, names);
    call.answer(200, describe(session, session.command(names.getOrDefault("command", ""))));
  }

  private static void input(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    Session session = find(machine, names);
    Session.Command command = session.command(names.getOrDefault("command", ""));
    session.input(command, call.object().path("data").asText());
    call.answer(204);
  }

  private static ObjectNode describe(String id, Session session)
      throws IOException, InterruptedException {
    ObjectNode node = Json.object();
    node.put("sessionId", id);
    ArrayNode commands = node.putArray("commands");
    for (Session.Command command : session.commands()) {
      commands.add(describe(session, command));
    }
    return node;
  }

  private static ObjectNode describe(Session session, Session.Command command)
      throws IOException, InterruptedException {
    ObjectNode node = Json.object();
    node.put("id", command.id);
    node.put("command", command.text);
    session.exitCode(command).ifPresent(code -> node.put("exitCode", code));
    return node;
  }
}
