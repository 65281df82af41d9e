package dev.dispense.benchmarks.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The {@code docker run} that makes the same container as one of Dispense's: its flags are read
 * from that container, so that the comparison stays fair when Dispense changes what it asks for.
 */
public final class DockerRun {
  private static final String OURS = "dev.dispense.";

  private final List<String> flags = new ArrayList<>();
  private final List<String> command = new ArrayList<>();

  /**
   * Returns what a plain container is run with that is like one of Dispense's.
   *
   * @param container the id of a container of Dispense's
   */
  public static DockerRun like(String container) throws IOException, InterruptedException {
    String json = Tool.run(Path.of("/"), "docker", "container", "inspect", "--", container);
    return new DockerRun(new ObjectMapper().readTree(json).path(0));
  }

  private DockerRun(JsonNode container) {
    readConfig(container.path("Config"));
    readLimits(container.path("HostConfig"));
    readMounts(container.path("HostConfig"));
  }

  private void readConfig(JsonNode config) {
    flag("--hostname", config.path("Hostname").asText());
    flag("--user", config.path("User").asText());
    flag("--workdir", config.path("WorkingDir").asText());
    each(config.path("Env"), value -> flag("--env", value));
    // As many labels, but none by which the container would pass for a sandbox.
    config
        .path("Labels")
        .properties()
        .forEach(
            label ->
                flag(
                    "--label",
                    label.getKey().replace(OURS, "benchmark.") + "=" + label.getValue().asText()));
    List<String> program = new ArrayList<>();
    each(config.path("Entrypoint"), program::add);
    flag("--entrypoint", program.remove(0));
    command.add(config.path("Image").asText());
    command.addAll(program);
    each(config.path("Cmd"), command::add);
  }

  private void readLimits(JsonNode host) {
    if (host.path("Init").asBoolean()) {
      flags.add("--init");
    }
    flag("--restart", host.path("RestartPolicy").path("Name").asText());
    each(host.path("CapDrop"), value -> flag("--cap-drop", value));
    each(host.path("SecurityOpt"), value -> flag("--security-opt", value));
    flag("--cpus", String.valueOf(host.path("NanoCpus").asLong() / 1e9));
    flag("--memory", host.path("Memory").asText());
    flag("--memory-swap", host.path("MemorySwap").asText());
    flag("--pids-limit", host.path("PidsLimit").asText());
    flag("--network", host.path("NetworkMode").asText());
    each(host.path("ExtraHosts"), value -> flag("--add-host", value));
  }

  private void readMounts(JsonNode host) {
    host.path("Mounts")
        .forEach(
            mount ->
                flag(
                    "--mount",
                    "type=bind,source=%s,target=%s,bind-propagation=private%s"
                        .formatted(
                            mount.path("Source").asText(),
                            mount.path("Target").asText(),
                            mount.path("ReadOnly").asBoolean() ? ",readonly" : "")));
    host.path("Tmpfs")
        .properties()
        .forEach(tmpfs -> flag("--tmpfs", tmpfs.getKey() + ":" + tmpfs.getValue().asText()));
  }

  private void flag(String name, String value) {
    flags.add(name + "=" + value);
  }

  private static void each(JsonNode array, Consumer<String> consumer) {
    array.forEach(element -> consumer.accept(element.asText()));
  }

  /**
   * Returns the command line.
   *
   * @param label put on the container beside the others
   */
  public List<String> argv(String label) {
    List<String> argv = new ArrayList<>(List.of("docker", "run", "--detach", "--label=" + label));
    argv.addAll(flags);
    argv.addAll(command);
    return argv;
  }

  /**
   * Returns the command line with other mounts.
   *
   * @param from a directory that is mounted, or that mounted things are in
   * @param to the directory that is mounted in its place
   */
  public List<String> argv(String label, Path from, Path to) {
    return argv(label).stream()
        .map(word -> word.replace("source=" + from + "/", "source=" + to + "/"))
        .toList();
  }
}
