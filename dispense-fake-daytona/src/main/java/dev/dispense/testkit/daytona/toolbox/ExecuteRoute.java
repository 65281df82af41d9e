package dev.dispense.testkit.daytona.toolbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.ContainerProcess;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.cloud.Terminal;
import dev.dispense.testkit.daytona.cloud.TerminalProcess;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs a command to its end. The command is the standard input of a shell, so that a program in it
 * that reads its input eats the rest of the command.
 */
final class ExecuteRoute {
  private static final String READ_COMMANDS = TerminalProcess.SHELL + "exec $shell 2>&1";

  void addTo(ToolboxApi toolbox) {
    toolbox.on("POST", "process/execute", ExecuteRoute::execute);
  }

  private static void execute(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    ObjectNode request = call.object();
    String command = request.path("command").asText();
    if (command.isBlank()) {
      throw ApiError.badRequest("command is required");
    }
    int timeout = request.path("timeout").asInt();
    ContainerProcess process =
        machine.exec(
            Terminal.variables(request.path("envs")),
            request.path("cwd").asText(),
            List.of("sh", "-c", READ_COMMANDS));
    Timer timer = new Timer("daytona-timeout", true);
    AtomicBoolean late = new AtomicBoolean();
    if (timeout > 0) {
      timer.schedule(kill(process, late), timeout * 1000L);
    }
    try {
      machine.fork(() -> write(process, command));
      String result;
      try (InputStream output = process.output()) {
        result = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      }
      int exitCode = process.await();
      if (late.get()) {
        throw new ApiError(408, "command execution timeout");
      }
      ObjectNode answer = Json.object();
      answer.put("exitCode", process.nowhere() ? -1 : exitCode);
      answer.put("result", result);
      call.answer(200, answer);
    } finally {
      timer.cancel();
      machine.ended(process);
    }
  }

  private static void write(ContainerProcess process, String command) {
    try (OutputStream input = process.input()) {
      input.write((command + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The shell has ended before it read all: what it said is the answer.
    }
  }

  private static TimerTask kill(ContainerProcess process, AtomicBoolean late) {
    return new TimerTask() {
      @Override
      public void run() {
        late.set(true);
        process.kill();
      }
    };
  }
}
