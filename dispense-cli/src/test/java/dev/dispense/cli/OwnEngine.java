package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Docker engine of the test's own, beside the one of the machine, that can be killed. It has no
 * bridge and touches no firewall rule. Needs root, and the programs {@code docker}, {@code
 * dockerd}, {@code containerd} and {@code unshare}.
 */
final class OwnEngine implements AutoCloseable {
  private final Path root;

  /**
   * @param root for all that the engine keeps; a short path, as it holds sockets
   */
  OwnEngine(Path root) {
    this.root = root;
  }

  /** Returns why there can be none on this machine. */
  static Optional<String> missing() {
    if (!System.getProperty("user.name").equals("root")) {
      return Optional.of("An engine of the test's own needs root.");
    }
    return Optional.empty();
  }

  /** Returns what DOCKER_HOST must be. */
  String address() {
    return "unix://" + root.resolve("sock");
  }

  /** Starts the engine and returns when it answers. */
  void start() {
    // In a network namespace of its own: with --bridge=none an engine removes docker0, whoever's it
    // is.
    List<String> argv = new ArrayList<>(List.of("unshare", "--net", "dockerd", "--bridge=none"));
    argv.add("--iptables=false");
    argv.addAll(List.of("--ip-forward=false", "--ip-masq=false", "--host=" + address()));
    argv.add("--data-root=" + root.resolve("data"));
    argv.add("--exec-root=" + root.resolve("exec"));
    argv.add("--pidfile=" + root.resolve("pid"));
    Process process = new CommandLine(root, Map.of()).start(argv, root.resolve("log"));
    while (docker("version").exitCode() != 0) {
      assertThat(process.isAlive()).as(this::log).isTrue();
    }
  }

  private String log() {
    try {
      return Files.readString(root.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the engine, and its containers with it. */
  void stop() {
    engine()
        .ifPresent(
            process -> {
              process.destroy();
              process.onExit().join();
            });
  }

  /** Kills the engine; its containers run on. */
  void kill() {
    engine().ifPresent(OwnEngine::kill);
    try {
      // The next one would take both for alive until somebody has reaped them.
      Files.deleteIfExists(root.resolve("pid"));
      Files.deleteIfExists(root.resolve("exec/containerd/containerd.pid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  private Optional<ProcessHandle> engine() {
    try {
      Path path = root.resolve("pid");
      return Files.exists(path)
          ? ProcessHandle.of(Long.parseLong(Files.readString(path).strip()))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes an image over from the engine of the machine. */
  void load(String image) {
    run("docker save \"$1\" | docker -H \"$2\" load", image, address()).succeeds();
  }

  CommandLine.Outcome docker(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("docker", "-H", address()));
    argv.addAll(List.of(arguments));
    return new CommandLine(root, Map.of()).run(argv);
  }

  private CommandLine.Outcome run(String script, String... arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(List.of(arguments));
    return new CommandLine(root, Map.of()).run(argv);
  }

  @Override
  public void close() {
    run("docker -H \"$1\" ps -aq | xargs -r docker -H \"$1\" rm -f", address());
    stop();
    ProcessHandle.allProcesses().filter(this::isOfEngine).toList().forEach(this::killTree);
    run("umount -R \"$1\"/* 2>/dev/null; rm -rf \"$1\"", root.toString());
  }

  private boolean isOfEngine(ProcessHandle process) {
    return process.info().commandLine().filter(it -> it.contains(root + "/")).isPresent();
  }

  private void killTree(ProcessHandle process) {
    process.descendants().toList().forEach(OwnEngine::kill);
    kill(process);
  }
}
