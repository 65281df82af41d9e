package dev.dispense.benchmarks.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Describes the machine that the figures are from. */
public final class Machine {
  private Machine() {}

  /**
   * Returns its properties by name.
   *
   * @param directory where the scenarios work
   */
  public static Map<String, String> describe(Path directory)
      throws IOException, InterruptedException {
    JsonNode docker =
        new ObjectMapper().readTree(Tool.run(directory, "docker", "info", "--format={{json .}}"));
    FileStore store = Files.getFileStore(directory);
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("cpu", field("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")));
    machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("memory", field("/proc/meminfo", "MemTotal").orElse("unknown"));
    machine.put("load", load());
    machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("file system", store.type());
    machine.put(
        "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    machine.put("docker engine", docker.path("ServerVersion").asText());
    machine.put("docker command", Tool.run(directory, "docker", "--version"));
    machine.put("storage driver", docker.path("Driver").asText());
    machine.put("engine's file system", engineFileSystem(docker));
    machine.put("git", Tool.run(directory, "git", "--version"));
    return machine;
  }

  private static String engineFileSystem(JsonNode docker) {
    for (JsonNode line : docker.path("DriverStatus")) {
      if (line.path(0).asText().equals("Backing Filesystem")) {
        return line.path(1).asText();
      }
    }
    return "unknown";
  }

  /** How many processes wanted to run in the last minute: the figures are worth less when many. */
  private static String load() throws IOException {
    Path file = Path.of("/proc/loadavg");
    return Files.exists(file) ? Files.readString(file).split(" ", -1)[0] : "unknown";
  }

  private static Optional<String> field(String file, String name) throws IOException {
    if (!Files.exists(Path.of(file))) {
      return Optional.empty();
    }
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }
}
