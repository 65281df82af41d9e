package dev.dispense.testkit.daytona.cloud;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The containers in which sandboxes run, by the {@code docker} command. */
public final class Docker implements AutoCloseable {
  private static final String LABEL = "dev.dispense.testkit.daytona";

  private static final Pattern BRIDGE =
      Pattern.compile(
          "(?m)^(?:(?<gateway>[0-9.]+) | ?)(?<network>(?:[0-9]+[.]){3})(?<last>[0-9]+)/");

  private final Settings settings;
  private final String owner = UUID.randomUUID().toString();
  private final ReadWriteLock making = new ReentrantReadWriteLock();
  private volatile boolean used;
  private volatile boolean closed;

  public Docker(Settings settings) {
    this.settings = settings;
  }

  /** Returns why no sandbox can be made of an image, when it cannot. */
  Optional<String> missing(String image) {
    if (settings.snapshots().containsValue(image)) {
      return Optional.empty();
    }
    try {
      docker(List.of("image", "inspect", "--format", "{{.Id}}", "--", image));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("failed to pull image " + image + ": " + e.getMessage());
    }
  }

  /** Makes and starts a container, and returns its id. */
  String run(CloudSandbox sandbox) throws IOException {
    making.readLock().lock();
    try {
      if (closed) {
        throw new IOException("The server is closed.");
      }
      used = true;
      return docker(containerOf(sandbox));
    } finally {
      making.readLock().unlock();
    }
  }

  private List<String> containerOf(CloudSandbox sandbox) {
    List<String> arguments = new ArrayList<>(List.of("run", "--detach", "--init"));
    arguments.addAll(List.of("--label", LABEL + "=" + owner));
    arguments.addAll(settings.dockerOptions());
    if (sandbox.field("networkBlockAll").asBoolean()) {
      arguments.addAll(List.of("--network", "none"));
    }
    sandbox
        .field("env")
        .properties()
        .forEach(
            variable ->
                arguments.addAll(
                    List.of("--env", variable.getKey() + "=" + variable.getValue().asText())));
    String user = sandbox.field("user").asText();
    if (!user.equals(CloudSandbox.DEFAULT_USER)) {
      arguments.addAll(List.of("--user", user));
    }
    arguments.addAll(List.of("--entrypoint", "sleep", sandbox.image(), "2147483647"));
    return arguments;
  }

  void start(String container) throws IOException {
    docker(List.of("start", container));
  }

  void kill(String container) throws IOException {
    docker(List.of("kill", container));
  }

  void remove(String container) throws IOException {
    docker(List.of("rm", "--force", "--volumes", container));
  }

  /**
   * Runs a command in a container.
   *
   * @param directory where; empty for the image's directory, or else the home directory
   */
  ContainerProcess exec(
      String container, Map<String, String> environment, String directory, List<String> command)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("docker", "exec", "--interactive"));
    environment.forEach((name, value) -> arguments.addAll(List.of("--env", name + "=" + value)));
    arguments.add(container);
    arguments.addAll(List.of("sh", "-c", ContainerProcess.ENTER, "sh", directory));
    arguments.addAll(command);
    return ContainerProcess.of(this, container, new ProcessBuilder(arguments).start());
  }

  /** Runs docker, and returns what it prints. */
  String docker(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
      if (exitCode(process) != 0) {
        throw new IOException("docker " + arguments.get(0) + ": " + text);
      }
      return text;
    }
  }

  /** Waits also when interrupted, so that no container is made that nobody knows of. */
  private static int exitCode(Process process) {
    return process.onExit().join().exitValue();
  }

  /** Returns the address of this machine in the engine's default bridge. */
  public String hostAddress() throws IOException {
    return hostAddress(
        docker(
            List.of(
                "network",
                "inspect",
                "--format",
                "{{range .IPAM.Config}}{{println .Gateway .Subnet}}{{end}}",
                "bridge")));
  }

  /**
   * Returns the first address of IPv4 in lines of a gateway and a subnet. An engine that is started
   * for the first time tells no gateway; it is the first address of the subnet then.
   */
  public static String hostAddress(String lines) throws IOException {
    Matcher matcher = BRIDGE.matcher(lines);
    if (!matcher.find()) {
      throw new IOException("The engine tells no address of its bridge: " + lines);
    }
    String gateway = matcher.group("gateway");
    return gateway == null
        ? matcher.group("network") + (Integer.parseInt(matcher.group("last")) + 1)
        : gateway;
  }

  /** Removes all containers that were made. */
  @Override
  public void close() {
    making.writeLock().lock();
    try {
      closed = true;
    } finally {
      making.writeLock().unlock();
    }
    if (!used) {
      return;
    }
    used = false;
    try {
      String ids =
          docker(List.of("ps", "--all", "--quiet", "--filter", "label=" + LABEL + "=" + owner));
      if (!ids.isEmpty()) {
        List<String> removal = new ArrayList<>(List.of("rm", "--force", "--volumes"));
        removal.addAll(List.of(ids.split("\\s+")));
        docker(removal);
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "Tried to remove the containers of the fake Daytona but failed. Remove them with:"
              + " docker rm -f $(docker ps -aq --filter label="
              + LABEL
              + "="
              + owner
              + ")",
          e);
    }
  }
}
