package dev.dispense.testkit.daytona.toolbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/** Small questions about the sandbox: directories, version, and whether a port is listened at. */
public final class PlaceRoutes {
  /** Looks for the port, as four hexadecimal digits, among the listening sockets. */
  private static final String LISTENING =
      "grep -Eqs '^ *[0-9]+: [0-9A-F]+:'\"$1\"' [0-9A-F:]+ 0A ' /proc/net/tcp /proc/net/tcp6";

  private static final int FIRST_PORT = 3000;
  private static final int LAST_PORT = 9999;

  void addTo(ToolboxApi toolbox) {
    toolbox.on("GET", "user-home-dir", directory("cd && pwd"));
    toolbox.on("GET", "work-dir", directory("pwd"));
    toolbox.on(
        "GET",
        "version",
        (call, machine, names) -> call.answer(200, Json.object().put("version", "v0.190.0")));
    toolbox.on("GET", "port/{port}/in-use", PlaceRoutes::inUse);
  }

  private static ToolboxApi.Handler directory(String script) {
    return (call, machine, names) -> {
      ObjectNode node = Json.object();
      node.put("dir", machine.run(script).text().strip());
      call.answer(200, node);
    };
  }

  private static void inUse(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    String text = names.getOrDefault("port", "");
    int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    if (port < FIRST_PORT || port > LAST_PORT) {
      throw ApiError.badRequest("port out of range, must be between 3000 and 9999");
    }
    call.answer(200, Json.object().put("isInUse", listening(machine, port)));
  }

  /** Whether something in the container listens at a port. */
  public static boolean listening(Machine machine, int port)
      throws IOException, InterruptedException {
    return machine.run(LISTENING, String.format(Locale.ROOT, "%04X", port)).exitCode() == 0;
  }
}
