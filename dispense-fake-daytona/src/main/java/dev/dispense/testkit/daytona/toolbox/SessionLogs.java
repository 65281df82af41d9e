package dev.dispense.testkit.daytona.toolbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.ContainerProcess;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.cloud.Session;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.FrameSocket;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a command of a session has printed: all of it so far, or live. */
final class SessionLogs {
  private static final int MESSAGE = 1024;

  void answer(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    Session session = SessionRoutes.find(machine, names);
    Session.Command command = session.command(names.getOrDefault("command", ""));
    LogFormat format = LogFormat.of(call);
    if (call.upgrade()) {
      ContainerProcess log = session.follow(command);
      FrameSocket.accept(call, socket -> follow(machine, log, socket, format));
    } else if (call.parameter("follow").orElse("").equals("true")) {
      call.answerHeader("Content-Type", "application/octet-stream");
      ContainerProcess log = session.follow(command);
      try (OutputStream output = call.output(200)) {
        pump(log, LogFormat.PLAIN, (bytes, length) -> flush(output, bytes, length));
      } finally {
        machine.ended(log);
      }
    } else if (format == LogFormat.SPLIT) {
      call.answer(200, outputs(session.log(command)));
    } else {
      call.answerHeader("Content-Type", "text/plain; charset=utf-8");
      call.answer(200, shown(session.log(command), format));
    }
  }

  /** The outputs apart, and both as they are. */
  static ObjectNode outputs(byte[] log) {
    ObjectNode node = Json.object();
    node.put("output", new String(log, StandardCharsets.UTF_8));
    node.put("stdout", new String(LogFormat.lines(log, 1), StandardCharsets.UTF_8));
    node.put("stderr", new String(LogFormat.lines(log, 2), StandardCharsets.UTF_8));
    return node;
  }

  static byte[] shown(byte[] log, LogFormat format) {
    return format == LogFormat.PLAIN ? new LogFormat.Stripper().strip(log, log.length) : log;
  }

  private static void follow(
      Machine machine, ContainerProcess log, FrameSocket socket, LogFormat format) {
    machine.opened(socket);
    socket.listen(
        ignored -> {},
        () -> {
          machine.closed(socket);
          machine.fork(() -> machine.ended(log));
        });
    machine.fork(
        () -> {
          try {
            pump(log, format, socket::binary);
            socket.close(1000, "");
          } catch (IOException e) {
            socket.cut();
          } finally {
            machine.ended(log);
          }
        });
  }

  private static void pump(ContainerProcess log, LogFormat format, Sink sink) throws IOException {
    LogFormat.Stripper stripper = new LogFormat.Stripper();
    byte[] chunk = new byte[MESSAGE];
    try (InputStream lines = log.output()) {
      for (int read = lines.read(chunk); read >= 0; read = lines.read(chunk)) {
        if (format == LogFormat.PLAIN) {
          byte[] plain = stripper.strip(chunk, read);
          sink.take(plain, plain.length);
        } else {
          sink.take(chunk, read);
        }
      }
    }
  }

  private static void flush(OutputStream output, byte[] bytes, int length) throws IOException {
    output.write(bytes, 0, length);
    output.flush();
  }

  private interface Sink {
    void take(byte[] bytes, int length) throws IOException;
  }
}
