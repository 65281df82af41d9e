package dev.dispense.testkit.daytona.toolbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Listing, describing, deleting, moving and making files and directories. */
final class FileRoutes {
  static final String REFUSE_MISSING = "[ -e \"$1\" ] || [ -L \"$1\" ] || exit 44; ";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss '+0000 UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** A line of facts about a file, then its name and a zero byte. */
  private static final String FACTS = "'%s %a %Y %U %G %A'";

  private static final String LIST =
      REFUSE_MISSING
          + "[ -d \"$1\" ] || exit 40; cd -- \"$1\" || exit 43;"
          + " find . -mindepth 1 -maxdepth 1 -exec sh -c '"
          + "for file; do stat -c \"%s %a %Y %U %G %A\" -- \"$file\";"
          + " printf \"%s\\0\" \"${file#./}\"; done' sh {} +";

  private static final String INFO =
      REFUSE_MISSING + "stat -L -c " + FACTS + " -- \"$1\" && printf '%s\\0' \"${1##*/}\"";

  private static final String DELETE =
      REFUSE_MISSING
          + "if [ -d \"$1\" ] && [ ! -L \"$1\" ]; then [ \"$2\" = true ] || exit 40;"
          + " rm -rf -- \"$1\"; else rm -f -- \"$1\"; fi";

  private static final String MOVE = REFUSE_MISSING + "mv -- \"$1\" \"$2\"";
  private static final String MAKE = "mkdir -p -- \"$1\" && chmod -- \"$2\" \"$1\"";
  private static final String PERMIT =
      REFUSE_MISSING
          + "[ -z \"$2\" ] || chmod -- \"$2\" \"$1\" || exit 43;"
          + " [ -z \"$3$4\" ] || chown -- \"$3${4:+:$4}\" \"$1\" || exit 43";

  void addTo(ToolboxApi toolbox) {
    toolbox.on("GET", "files", FileRoutes::list);
    toolbox.on("DELETE", "files", FileRoutes::delete);
    toolbox.on("GET", "files/info", FileRoutes::info);
    toolbox.on("POST", "files/folder", FileRoutes::folder);
    toolbox.on("POST", "files/move", FileRoutes::move);
    toolbox.on("POST", "files/permissions", FileRoutes::permissions);
  }

  /** Returns what an exit code of the scripts above means. */
  static ApiError error(int exitCode, String path) {
    return switch (exitCode) {
      case 44 -> ApiError.notFound("file not found: " + path);
      case 43 -> new ApiError(403, "permission denied: " + path);
      case 40 -> ApiError.badRequest("not a file: " + path);
      default -> ApiError.badRequest("failed: " + path);
    };
  }

  private static void list(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    String path = call.parameter("path").filter(given -> !given.isEmpty()).orElse(".");
    ArrayNode files = Json.array();
    for (String record : done(machine, LIST, path).split("\0", -1)) {
      if (!record.isEmpty()) {
        files.add(describe(record));
      }
    }
    call.answer(200, files);
  }

  private static void info(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    String record = done(machine, INFO, path(call, "path"));
    call.answer(200, describe(record.substring(0, record.length() - 1)));
  }

  private static void delete(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    done(machine, DELETE, path(call, "path"), call.parameter("recursive").orElse("false"));
    call.answer(204);
  }

  private static void folder(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    String mode = call.parameter("mode").orElse("");
    if (!mode.matches("[0-7]{1,5}")) {
      throw ApiError.badRequest("invalid mode format");
    }
    done(machine, MAKE, path(call, "path"), mode);
    call.answer(201);
  }

  private static void move(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    done(machine, MOVE, path(call, "source"), path(call, "destination"));
    call.answer(200);
  }

  private static void permissions(Call call, Machine machine, Map<String, String> names)
      throws IOException, InterruptedException {
    done(
        machine,
        PERMIT,
        path(call, "path"),
        call.parameter("mode").orElse(""),
        call.parameter("owner").orElse(""),
        call.parameter("group").orElse(""));
    call.answer(200);
  }

  private static String path(Call call, String name) {
    return call.parameter(name)
        .filter(path -> !path.isEmpty())
        .orElseThrow(() -> ApiError.badRequest(name + " is required"));
  }

  private static String done(Machine machine, String script, String... arguments)
      throws IOException, InterruptedException {
    Machine.Result result = machine.run(script, arguments);
    if (result.exitCode() != 0) {
      throw error(result.exitCode(), arguments[0]);
    }
    return result.text();
  }

  private static ObjectNode describe(String record) {
    int line = record.indexOf('\n');
    String[] facts = record.substring(0, line).split(" ", -1);
    String permissions =
        facts[1].length() < 4 ? "0".repeat(4 - facts[1].length()) + facts[1] : facts[1];
    String time = TIME.format(Instant.ofEpochSecond(Long.parseLong(facts[2])));
    ObjectNode node = Json.object();
    node.put("name", record.substring(line + 1));
    node.put("size", Long.parseLong(facts[0]));
    node.put("mode", facts[5]);
    node.put("modTime", time);
    node.put("modifiedAt", time);
    node.put("isDir", facts[5].startsWith("d"));
    node.put("owner", facts[3]);
    node.put("group", facts[4]);
    node.put("permissions", permissions);
    return node;
  }
}
