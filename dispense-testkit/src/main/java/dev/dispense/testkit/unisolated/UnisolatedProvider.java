package dev.dispense.testkit.unisolated;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.NameTakenException;
import dev.dispense.NetworkPolicy;
import dev.dispense.NotFoundException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Resources;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.support.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * <b>Not a sandbox:</b> a provider for tests that runs commands as ordinary processes of this
 * machine, as the user who runs the test, in a directory for each machine. It keeps the whole
 * contract of {@link SandboxProvider} but isolation, mounts, limits and closed networks, which it
 * refuses. What a machine is lies in its directory, so that machines outlive the program and every
 * provider with the same root sees the same ones.
 *
 * <p>It needs Linux with {@code /proc}, {@code sh} and {@code tar}. A process that empties its
 * environment, leaves its session and loses its parent is not found when its machine is stopped.
 *
 * <p>Safe for use by several threads. Closing ends the forwardings that it opened.
 */
public final class UnisolatedProvider implements SandboxProvider {
  /** The id by which it is chosen, and the name of the only image that it has. */
  public static final String ID = "unisolated-for-tests";

  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Path root;
  private final String searchPath;

  /** Makes a provider whose commands find the programs of the system. */
  public UnisolatedProvider(Path root) {
    this(root, DEFAULT_PATH);
  }

  /**
   * Makes a provider.
   *
   * @param root the directory that holds the machines, one directory each; made when missing
   * @param searchPath where commands find programs, as in {@code PATH}
   */
  public UnisolatedProvider(Path root, String searchPath) {
    this.root = root.toAbsolutePath().normalize();
    this.searchPath = searchPath;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.STOP_START, Capability.PORT_FORWARDING);
  }

  /** Returns directories below {@code <root>/<name>}. */
  @Override
  public SandboxLayout layout(SandboxName name) {
    return MachineDirectory.layout(root.resolve(name.value()));
  }

  /** Returns {@code 127.0.0.1}. */
  @Override
  public Optional<String> hostAddress() {
    return Optional.of("127.0.0.1");
  }

  @Override
  public Machine create(MachineSpec spec, Progress.Listener progress) {
    refuseWhatCannotBe(spec);
    MachineDirectory machine = claim(spec);
    try {
      return machine.with(SandboxInfo.State.RUNNING).machine();
    } catch (IOException e) {
      delete(machine.id());
      throw failed("create the machine '" + spec.name() + "'", e);
    }
  }

  @Override
  public List<Machine> list() {
    List<Machine> machines = new ArrayList<>();
    directories().forEach(directory -> machines.add(directory.machine()));
    machines.sort(Comparator.comparing(Machine::name));
    return machines;
  }

  @Override
  public Optional<Machine> find(SandboxName name) {
    try {
      return MachineDirectory.read(root.resolve(name.value())).map(MachineDirectory::machine);
    } catch (IOException e) {
      throw failed("read the machine '" + name + "'", e);
    }
  }

  @Override
  public int exec(String machineId, Command command, Streams streams) {
    MachineDirectory machine = running(machineId);
    if (streams.terminal().isPresent()) {
      throw new RefusedException(
          "The provider '" + ID + "' has no terminals: run the command without one.");
    }
    UnisolatedEnvironment.refuseOtherUser(machine.path(), command.user());
    return exec(machine, command, streams);
  }

  @Override
  public void upload(String machineId, String directory, InputStream tar) {
    MachineDirectory machine = running(machineId);
    try {
      Files.createDirectories(Path.of(directory));
    } catch (IOException e) {
      throw failed("make the directory '" + directory + "'", e);
    }
    TailBuffer errors = new TailBuffer();
    Command extract = Command.of("tar", "-xpof", "-", "-C", directory);
    int exitCode = exec(machine, extract, Streams.of(tar, errors, errors));
    if (exitCode != 0) {
      throw new DispenseException(
          "Tried to extract an archive into '" + directory + "' but failed because " + errors);
    }
    try {
      tar.transferTo(OutputStream.nullOutputStream()); // what comes behind the end of the archive
    } catch (IOException e) {
      throw failed("read the archive to its end", e);
    }
  }

  @Override
  public InputStream download(String machineId, String path) {
    MachineDirectory machine = running(machineId);
    Path file = machine.path().resolve(path).normalize();
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NotFoundException("There is no '" + path + "' in the sandbox.");
    }
    try {
      return TarStream.of(file, UnisolatedEnvironment.of(machine, searchPath));
    } catch (IOException e) {
      throw failed("pack '" + path + "'", e);
    }
  }

  @Override
  public void start(String machineId) {
    change(existing(machineId), SandboxInfo.State.RUNNING);
  }

  @Override
  public void stop(String machineId, Duration grace) {
    MachineDirectory machine = existing(machineId);
    change(machine, SandboxInfo.State.STOPPED);
    ProcessTree processes = processes(machineId);
    processes.terminate(Duration.ofSeconds(grace.plusNanos(999_999_999).toSeconds()));
    processes.kill();
    if (Thread.currentThread().isInterrupted()) {
      throw DispenseException.interrupted("stopping a machine", new InterruptedException());
    }
  }

  @Override
  public void delete(String machineId) {
    try {
      Path grave = root.resolve(".deleted-" + machineId);
      for (MachineDirectory machine : directories()) {
        if (machine.id().equals(machineId)) {
          // Renamed first, so that no process that is started meanwhile finds its directories.
          bury(machine, grave);
        }
      }
      processes(machineId).kill();
      FileTree.delete(grave);
    } catch (IOException e) {
      throw failed("delete the machine '" + machineId + "'", e);
    }
  }

  private static void bury(MachineDirectory machine, Path grave) throws IOException {
    try {
      Files.move(machine.path(), grave);
    } catch (NoSuchFileException e) {
      // Another process deletes it at the same time.
    }
  }

  @Override
  public void connect(String machineId, int port, InputStream in, OutputStream out) {
    running(machineId);
    LoopbackConnection.pass(port, in, out);
  }

  @Override
  public void close() {
    // Nothing is kept open: machines are directories.
  }

  private static void refuseWhatCannotBe(MachineSpec spec) {
    if (!spec.mounts().isEmpty()) {
      throw refused("mount directories");
    }
    if (!spec.network().equals(NetworkPolicy.OPEN)) {
      throw refused("close the network");
    }
    if (!spec.resources().equals(Resources.DEFAULT)) {
      throw refused("limit resources");
    }
    if (!spec.image().orElse(ID).equals(ID)) {
      throw new UnavailableException(
          "The provider '" + ID + "' has no image '" + spec.image().get() + "': leave it out.");
    }
  }

  private MachineDirectory claim(MachineSpec spec) {
    Path path = root.resolve(spec.name().value());
    try {
      Files.createDirectories(root);
      UnisolatedEnvironment.refuseOtherUser(root, Optional.of(spec.uid() + ":" + spec.gid()));
      return MachineDirectory.create(path, spec);
    } catch (FileSystemException e) {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new NameTakenException(
            "There is a machine '" + spec.name() + "' already: choose another name.", e);
      }
      throw failed("create the machine '" + spec.name() + "'", e);
    } catch (IOException e) {
      throw failed("create the machine '" + spec.name() + "'", e);
    }
  }

  private int exec(MachineDirectory machine, Command command, Streams streams) {
    Path directory =
        Path.of(command.workingDirectory().orElseGet(() -> machine.layout().workspace()));
    if (!Files.isDirectory(directory)) {
      throw new DispenseException(
          "Tried to run '"
              + command.argv().get(0)
              + "' but failed because there is no directory '"
              + directory
              + "'.");
    }
    return new UnisolatedExec(
            command,
            streams,
            directory,
            UnisolatedEnvironment.of(machine, searchPath, command.environment()))
        .run(() -> checkStillThere(machine));
  }

  /** Closes the gap between the check before a command is started, and a stop or delete. */
  private void checkStillThere(MachineDirectory machine) {
    if (existing(machine.id()).state() == SandboxInfo.State.STOPPED) {
      throw stopped(machine);
    }
  }

  private List<MachineDirectory> directories() {
    List<MachineDirectory> found = new ArrayList<>();
    if (Files.isDirectory(root)) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(root)) {
        for (Path child : children) {
          if (SandboxName.isValid(child.getFileName().toString())) {
            MachineDirectory.read(child).ifPresent(found::add);
          }
        }
      } catch (IOException e) {
        throw failed("list the machines in " + root, e);
      }
    }
    return found;
  }

  private MachineDirectory existing(String machineId) {
    return directories().stream()
        .filter(machine -> machine.id().equals(machineId))
        .findFirst()
        .orElseThrow(() -> new NotFoundException("There is no machine '" + machineId + "'."));
  }

  private MachineDirectory running(String machineId) {
    MachineDirectory machine = existing(machineId);
    if (machine.state() != SandboxInfo.State.RUNNING) {
      throw stopped(machine);
    }
    return machine;
  }

  private static void change(MachineDirectory machine, SandboxInfo.State state) {
    try {
      machine.with(state);
    } catch (IOException e) {
      throw failed("record the state of " + machine.id(), e);
    }
  }

  private static ProcessTree processes(String machineId) {
    return new ProcessTree(UnisolatedExec.MACHINE_VARIABLE, machineId);
  }

  private static UnavailableException stopped(MachineDirectory machine) {
    return new UnavailableException(
        "The machine '" + machine.id() + "' does not run: start it first.");
  }

  private static RefusedException refused(String what) {
    return new RefusedException(
        "The provider '" + ID + "' cannot " + what + ": choose one that isolates.");
  }

  private static DispenseException failed(String doing, IOException e) {
    return new DispenseException("Tried to " + doing + " but failed because " + e + ".", e);
  }
}
