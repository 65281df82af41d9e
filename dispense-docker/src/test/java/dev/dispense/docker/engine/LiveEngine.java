package dev.dispense.docker.engine;

import com.github.dockerjava.api.DockerClient;
import dev.dispense.Command;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.Resources;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.docker.DockerProvider;
import dev.dispense.docker.TestHost;
import dev.dispense.spi.Gateways;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.Mount;
import dev.dispense.spi.Software;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The engine of this machine and what a test made on it, all of which goes when this is closed. */
public final class LiveEngine implements AutoCloseable {
  private final String prefix = "docker-it-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private final List<String> machines = new ArrayList<>();
  private int count;
  public final Engine engine;
  public final DockerProvider provider;

  public LiveEngine(Environment host) {
    Endpoint endpoint = new EndpointDiscovery(host, SocketProbe.CONNECTING).find();
    engine = new Engine(host, endpoint);
    provider = new DockerProvider(host, engine);
  }

  public LiveEngine() {
    this(TestHost.real());
  }

  /** Returns the gateways of the provider. */
  public Gateways gateways() {
    return provider.gateways().orElseThrow();
  }

  /** What a sandbox of a test is like, to be changed by the test. */
  public record Shape(
      Optional<String> image,
      List<Software> software,
      List<Mount> mounts,
      Resources resources,
      NetworkPolicy network,
      int uid,
      int gid) {
    /** No mounts, no software, a small machine, and an ordinary user. */
    public static final Shape PLAIN =
        new Shape(
            Optional.empty(),
            List.of(),
            List.of(),
            Resources.DEFAULT,
            NetworkPolicy.OPEN,
            4711,
            4712);

    public Shape image(String reference) {
      return new Shape(Optional.of(reference), software, mounts, resources, network, uid, gid);
    }

    public Shape software(Software... all) {
      return new Shape(image, List.of(all), mounts, resources, network, uid, gid);
    }

    public Shape mounts(Mount... all) {
      return new Shape(image, software, List.of(all), resources, network, uid, gid);
    }

    public Shape resources(Resources limits) {
      return new Shape(image, software, mounts, limits, network, uid, gid);
    }

    public Shape network(NetworkPolicy policy) {
      return new Shape(image, software, mounts, resources, policy, uid, gid);
    }

    public Shape user(int user, int group) {
      return new Shape(image, software, mounts, resources, network, user, group);
    }
  }

  public SandboxName name() {
    return new SandboxName(prefix + ++count);
  }

  public MachineSpec spec(SandboxName name, Shape shape) {
    return new MachineSpec(
        name,
        shape.image(),
        shape.software(),
        Map.of("dev.dispense.test", "docker-it"),
        Map.of(),
        shape.mounts(),
        shape.resources(),
        shape.network(),
        true,
        shape.uid(),
        shape.gid());
  }

  public Machine create(Shape shape) {
    Machine machine = provider.create(spec(name(), shape), Progress.Listener.NONE);
    machines.add(machine.id());
    return machine;
  }

  public Machine create() {
    return create(Shape.PLAIN);
  }

  /** What a shell script wrote, errors included, and its exit code when it is not 0. */
  public String sh(Machine machine, String script, String... arguments) {
    // The engine does not tell in which order two streams were written to.
    List<String> argv = new ArrayList<>(List.of("sh", "-c", "exec 2>&1\n" + script, "sh"));
    argv.addAll(List.of(arguments));
    return run(machine, Command.of(argv), null);
  }

  public String run(Machine machine, Command command, byte @Nullable [] input) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Streams streams =
        input == null
            ? Streams.of(out, out)
            : Streams.of(new ByteArrayInputStream(input), out, out);
    int code = provider.exec(machine.id(), command, streams);
    String text = out.toString(StandardCharsets.UTF_8).strip();
    return code == 0 ? text : text + "[exit " + code + "]";
  }

  public <T> T docker(Function<DockerClient, T> work) {
    return engine.call("look at the engine in a test", work);
  }

  /**
   * Returns the containers in which something of a directory is mounted, those that are stopped
   * too.
   */
  public List<String> containersOf(Path directory) {
    return docker(
        client ->
            client.listContainersCmd().withShowAll(true).exec().stream()
                .filter(
                    container ->
                        container.getMounts().stream()
                            .map(mount -> String.valueOf(mount.getSource()))
                            .anyMatch(source -> source.startsWith(directory.toString())))
                .map(container -> container.getId())
                .toList());
  }

  @Override
  public void close() {
    machines.forEach(provider::delete);
    provider.close();
  }
}
