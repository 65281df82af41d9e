package dev.dispense.examples;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.ExecResult;
import dev.dispense.NameTakenException;
import dev.dispense.NetworkPolicy;
import dev.dispense.NotFoundException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A provider of your own: containers through the {@code docker} command. The user's directories are
 * in memory, and would be lost in a container that is stopped, so none is.
 *
 * @param image the default image; must be there, and have git
 */
public record DockerCliProvider(String image) implements SandboxProvider {
  private static final String ID = "docker-cli";
  private static final String LABEL = "dev.dispense." + ID;
  private static final OutputStream NOWHERE = OutputStream.nullOutputStream();
  private static final SandboxLayout LAYOUT =
      new SandboxLayout("/workspace", "/dispense", "/home/agent", "/run/dispense");

  /** Makes the provider known: {@code Dispense.builder().plugin(new Factory())}. */
  public static final class Factory implements SandboxProvider.Factory {
    @Override
    public String id() {
      return ID;
    }

    @Override
    public SandboxProvider open(Environment host) {
      return new DockerCliProvider(host.setting("docker.base-image").orElse("debian:bookworm"));
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.ISOLATION, Capability.NETWORK_NONE, Capability.RESOURCE_LIMITS);
  }

  @Override
  public SandboxLayout layout(SandboxName name) {
    return LAYOUT;
  }

  @Override
  public Machine create(MachineSpec spec, Progress.Listener progress) {
    if (!spec.mounts().isEmpty() || spec.network() instanceof NetworkPolicy.Allow) {
      throw new RefusedException("This provider has neither mounts nor lists of allowed hosts.");
    }
    List<String> argv = new ArrayList<>(List.of("create", "--init", "--pull=never"));
    argv.addAll(List.of("--cap-drop=ALL", "--security-opt=no-new-privileges", "--ulimit=core=1"));
    argv.add("--network=" + (spec.network() instanceof NetworkPolicy.None ? "none" : network()));
    argv.add("--memory=" + spec.resources().memoryBytes());
    argv.add("--memory-swap=" + spec.resources().memoryBytes());
    argv.add("--pids-limit=" + spec.resources().processes());
    int cores = Runtime.getRuntime().availableProcessors();
    argv.add("--cpus=" + Math.min(spec.resources().cpus(), cores));
    argv.addAll(List.of("--user=" + spec.uid() + ":" + spec.gid(), "--env=HOME=" + LAYOUT.home()));
    String owned = ":exec,uid=" + spec.uid() + ",gid=" + spec.gid() + ",mode=";
    argv.add("--tmpfs=" + LAYOUT.workspace() + owned + "0755");
    argv.add("--tmpfs=" + LAYOUT.dispense() + owned + "0755");
    argv.add("--tmpfs=" + LAYOUT.home() + owned + "0755");
    argv.add("--tmpfs=" + LAYOUT.secrets() + owned + "0700");
    spec.environment().forEach((name, value) -> argv.add("--env=" + name + "=" + value));
    spec.labels().forEach((key, value) -> argv.add("--label=" + key + "=" + value));
    argv.addAll(
        List.of("--name=" + ID + "-" + spec.name(), "--label=" + LABEL + "=" + spec.name()));
    argv.addAll(List.of("--entrypoint=sleep", spec.image().orElse(image), "infinity"));
    ExecResult created = DockerCommand.run(argv);
    if (created.stderr().contains("is already in use by container")) {
      throw new NameTakenException("There is a container for '" + spec.name() + "' already.");
    }
    String id = DockerCommand.output(created);
    try {
      DockerCommand.output("start", id);
      return existing(id);
    } catch (DispenseException e) {
      delete(id);
      throw e;
    }
  }

  /** Returns the network of all open sandboxes, in which they do not reach one another. */
  private static String network() {
    // Of several processes that make the network at once, one gets the bridge of that name.
    String bridge = "--opt=com.docker.network.bridge.name=" + ID;
    String apart = "--opt=com.docker.network.bridge.enable_icc=false";
    ExecResult created = DockerCommand.run(List.of("network", "create", bridge, apart, ID));
    return DockerCommand.run(List.of("network", "inspect", ID)).isSuccess()
        ? ID
        : DockerCommand.output(created);
  }

  @Override
  public List<Machine> list() {
    String ids = DockerCommand.output("ps", "-a", "-q", "--no-trunc", "--filter=label=" + LABEL);
    return ids.lines().flatMap(id -> inspect(id).stream()).toList();
  }

  @Override
  public Optional<Machine> find(SandboxName name) {
    return inspect(ID + "-" + name);
  }

  private static Machine existing(String machineId) {
    return inspect(machineId)
        .filter(machine -> machine.id().equals(machineId))
        .orElseThrow(() -> new NotFoundException("There is no container '" + machineId + "'."));
  }

  private static Optional<Machine> inspect(String container) {
    // In hexadecimal, as an image's name and labels may hold anything.
    String format =
        "{{.Id}} {{.State.Running}} {{printf \"%x\" .Config.Image}}"
            + "{{range $key, $value := .Config.Labels}} {{printf \"%x=%x\" $key $value}}{{end}}";
    ExecResult result =
        DockerCommand.run(List.of("container", "inspect", "--format", format, "--", container));
    if (result.stderr().contains("No such container")) {
      return Optional.empty();
    }
    String[] words = DockerCommand.output(result).split(" ", -1);
    Map<String, String> labels = new HashMap<>();
    for (int i = 3; i < words.length; i++) {
      String[] label = words[i].split("=", -1);
      labels.put(text(label[0]), text(label[1]));
    }
    SandboxInfo.State state =
        words[1].equals("true") ? SandboxInfo.State.RUNNING : SandboxInfo.State.STOPPED;
    return Optional.ofNullable(labels.remove(LABEL))
        .map(name -> new Machine(words[0], new SandboxName(name), state, text(words[2]), labels));
  }

  private static String text(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
  }

  @Override
  public int exec(String machineId, Command command, Streams streams) {
    if (existing(machineId).state() != SandboxInfo.State.RUNNING) {
      throw new UnavailableException("The container '" + machineId + "' does not run any more.");
    }
    if (streams.terminal().isPresent()) {
      throw new RefusedException("This provider has no terminals.");
    }
    String directory = command.workingDirectory().orElse(LAYOUT.workspace());
    return DockerCommand.exec(machineId, command.in(directory), streams);
  }

  @Override
  public void upload(String machineId, String directory, InputStream tar) {
    String script = "mkdir -p -- \"$1\" && tar -xpof - -C \"$1\" && cat >/dev/null";
    Command unpack = Command.of("sh", "-c", script, "sh", directory);
    if (exec(machineId, unpack, Streams.of(tar, NOWHERE, NOWHERE)) != 0) {
      throw new DispenseException("Tried to unpack an archive in '" + directory + "' but failed.");
    }
  }

  @Override
  public InputStream download(String machineId, String path) {
    Command look = Command.of("sh", "-c", "[ -e \"$1\" ] || [ -L \"$1\" ]", "sh", path);
    if (exec(machineId, look, Streams.of(NOWHERE, NOWHERE)) != 0) {
      throw new NotFoundException("There is no '" + path + "' in the container.");
    }
    String script = "cd -- \"$(dirname -- \"$1\")\" && exec tar -cf - -- \"$(basename -- \"$1\")\"";
    Command pack = Command.of("sh", "-c", script, "sh", path);
    return DockerCommand.stream(out -> exec(machineId, pack, Streams.of(out, NOWHERE)));
  }

  @Override
  public void delete(String machineId) {
    inspect(machineId)
        .filter(machine -> machine.id().equals(machineId))
        .ifPresent(machine -> DockerCommand.output("rm", "--force", "--volumes", machineId));
  }

  @Override
  public void close() {}
}
