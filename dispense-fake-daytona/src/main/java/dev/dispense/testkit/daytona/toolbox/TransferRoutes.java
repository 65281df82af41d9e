package dev.dispense.testkit.daytona.toolbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.ContainerProcess;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import dev.dispense.testkit.daytona.http.Multipart;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Uploads and downloads, streamed in both directions. */
final class TransferRoutes {
  private static final int CHUNK = 1 << 16;
  private static final String BOUNDARY = "DAYTONA-FILE-BOUNDARY";

  /** Writes standard input to "$2", moves it to "$1". */
  private static final String RECEIVE =
      "mkdir -p -- \"${1%/*}/\" && cat >\"$2\" && chmod 644 -- \"$2\" && mv -f -- \"$2\" \"$1\"";

  private static final String RESOLVE =
      "case $1 in /*) printf %s \"$1\" ;; *) printf %s \"$PWD/$1\" ;; esac";

  /** Says the size on a line of its own, then sends the file. */
  private static final String SEND =
      FileRoutes.REFUSE_MISSING
          + "[ ! -d \"$1\" ] || exit 40; [ -r \"$1\" ] || exit 43;"
          + " stat -L -c %s -- \"$1\" && exec cat -- \"$1\"";

  void addTo(ToolboxApi toolbox) {
    toolbox.on("POST", "files/bulk-upload", TransferRoutes::upload);
    toolbox.on("POST", "files/bulk-download", TransferRoutes::downloadAll);
    toolbox.on("GET", "files/download", TransferRoutes::download);
  }

  private static void upload(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    Optional<Multipart> body = Multipart.of(call.input(), call.header("Content-Type").orElse(""));
    ObjectNode answer = Json.object();
    ArrayNode files = Json.array();
    ArrayNode errors = Json.array();
    if (body.isEmpty()) {
      call.answer(400, answer.set("errors", errors.add("invalid multipart form")));
      return;
    }
    receive(body.get(), machine, files, errors);
    if (!errors.isEmpty()) {
      answer.set("errors", errors);
    }
    answer.set("files", files);
    call.answer(errors.isEmpty() ? 200 : 400, answer);
  }

  private static void receive(Multipart body, Machine machine, ArrayNode files, ArrayNode errors)
      throws IOException, InterruptedException {
    Map<String, String> paths = new HashMap<>();
    for (Optional<Multipart.Part> next = body.next(); next.isPresent(); next = body.next()) {
      Multipart.Part part = next.get();
      String name = part.name();
      String index = name.replaceAll("^files\\[|]\\.(path|file)$", "");
      if (name.endsWith(".path")) {
        String path = new String(part.body().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (path.isEmpty()) {
          errors.add("path[" + index + "]: empty path");
        } else {
          paths.put(index, path);
        }
      } else if (name.endsWith(".file")) {
        String path = paths.get(index);
        if (path == null) {
          errors.add("file[" + index + "]: missing .path metadata");
        } else {
          receive(part.body(), path, machine, files, errors);
        }
      }
    }
  }

  private static void receive(
      InputStream content, String given, Machine machine, ArrayNode files, ArrayNode errors)
      throws IOException, InterruptedException {
    String path = given.startsWith("/") ? given : machine.run(RESOLVE, given).text();
    String temporary =
        path.substring(0, path.lastIndexOf('/') + 1) + ".daytona-upload-" + UUID.randomUUID();
    ContainerProcess process =
        machine.exec(Map.of(), "/", List.of("sh", "-c", RECEIVE, "sh", path, temporary));
    boolean whole = false;
    try {
      long bytes = copy(content, process.input());
      whole = true;
      closeQuietly(process.input());
      String error = new String(process.errors().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.await() == 0) {
        files.addObject().put("path", given).put("bytes", bytes);
      } else {
        errors.add(given + ": " + error);
      }
    } finally {
      machine.ended(process);
      if (!whole) {
        machine.run("rm -f -- \"$1\"", temporary);
      }
    }
  }

  /** Reads all, also when the process has ended early and takes nothing more. */
  private static long copy(InputStream from, OutputStream to) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long count = 0;
    boolean taken = true;
    for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
      count += read;
      if (taken) {
        try {
          to.write(chunk, 0, read);
        } catch (IOException e) {
          taken = false;
        }
      }
    }
    return count;
  }

  private static void closeQuietly(OutputStream output) {
    try {
      output.close();
    } catch (IOException e) {
      // The process has ended: its exit code and its words say why.
    }
  }

  private static void download(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    String path = call.parameter("path").orElse("");
    if (path.isEmpty()) {
      throw ApiError.badRequest("path is required");
    }
    ApiError error =
        send(
            machine,
            path,
            (size, content) -> {
              call.answerHeader("Content-Type", "application/octet-stream");
              call.answerHeader("Content-Length", Long.toString(size));
              try (OutputStream output = call.output(200)) {
                transfer(content, output, size);
              }
            });
    if (error != null) {
      throw error;
    }
  }

  private static void downloadAll(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    JsonNode paths = call.object().path("paths");
    if (paths.isEmpty()) {
      throw ApiError.badRequest("request body must be {\"paths\": [ ... ]} and non-empty");
    }
    call.answerHeader("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
    try (OutputStream output = call.output(200)) {
      for (JsonNode node : paths) {
        String path = node.asText();
        ApiError error =
            send(
                machine,
                path,
                (size, content) -> {
                  output.write(head("file", path, "application/octet-stream", size));
                  transfer(content, output, size);
                  output.write(bytes("\r\n"));
                });
        if (error != null) {
          ObjectNode told = Json.object();
          told.put("message", error.message());
          told.put("statusCode", error.status());
          byte[] json = Json.bytes(told);
          output.write(head("error", path, "application/json", json.length));
          output.write(json);
          output.write(bytes("\r\n"));
        }
      }
      output.write(bytes("--" + BOUNDARY + "--\r\n"));
    }
  }

  private static byte[] head(String name, String path, String type, long length) {
    String disposition = "form-data; name=\"" + name + "\"; filename=\"" + path + "\"";
    return bytes(
        "--"
            + BOUNDARY
            + "\r\nContent-Disposition: "
            + disposition
            + "\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + length
            + "\r\n\r\n");
  }

  /** Sends a file, or returns why it cannot be sent. */
  private static @Nullable ApiError send(Machine machine, String path, Sink sink)
      throws IOException, InterruptedException {
    ContainerProcess process = machine.exec(Map.of(), "", List.of("sh", "-c", SEND, "sh", path));
    try (InputStream content = process.output()) {
      StringBuilder size = new StringBuilder();
      for (int b = content.read(); b >= 0 && b != '\n'; b = content.read()) {
        size.append((char) b);
      }
      if (size.length() == 0) {
        return FileRoutes.error(process.await(), path);
      }
      sink.take(Long.parseLong(size.toString()), content);
      return null;
    } finally {
      machine.ended(process);
    }
  }

  private static void transfer(InputStream from, OutputStream to, long size) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long left = size;
    while (left > 0) {
      int read = from.read(chunk, 0, (int) Math.min(chunk.length, left));
      if (read < 0) {
        throw new IOException("The file has become shorter while it was sent.");
      }
      to.write(chunk, 0, read);
      left -= read;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private interface Sink {
    void take(long size, InputStream content) throws IOException;
  }
}
