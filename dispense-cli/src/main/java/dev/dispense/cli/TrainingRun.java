package dev.dispense.cli;

import dev.dispense.Environment;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs a few commands so that Java loads the classes that commands need, and can archive them: see
 * the launcher. They run on an engine that answers with a single sandbox and touch nothing of the
 * user's.
 */
final class TrainingRun {
  private static final String ALL = "all";

  /** What needs to be quick. */
  private static final List<List<String>> PLAIN =
      List.of(List.of("version"), List.of("--help"), List.of("list"));

  /** What loads most of the rest: the engine's client, and JSON. */
  private static final List<List<String>> OTHERS =
      List.of(
          List.of("list", "--json"),
          List.of("exec", "rehearsal", "--", "true"),
          List.of("stop", "rehearsal"),
          List.of("claude", "rehearsal", "tasks"));

  private static final String CONTAINER =
      """
      {"Id": "0123456789ab", "Names": ["/dispense-rehearsal"], "Image": "rehearsal",
      "Created": 1767225600, "State": "running", "Ports": [], "HostConfig": {"NetworkMode": "none"},
      "Labels": {"dev.dispense.sandbox": "rehearsal", "dev.dispense.agent": "claude",
      "dev.dispense.owner": "rehearsal", "dev.dispense.created": "2026-01-01T00:00:00.123456789Z",
      "dev.dispense.source": "directory", "dev.dispense.location": "/rehearsal",
      "dev.dispense.uncommitted": "false", "dev.dispense.supervisor": "true",
      "dev.dispense.network": "open", "dev.dispense.uid": "1000", "dev.dispense.home": "HOME",
      "dev.dispense.checkout.base": "0123456789012345678901234567890123456789"}}
      """;

  /** More than the parser of JSON reads at a time. */
  private static final int CONTAINERS = 30;

  private static final String ANSWER =
      """
      HTTP/1.1 %s
      Api-Version: 1.41
      Content-Type: application/json
      Content-Length: %d
      Connection: close

      """;

  private static final String REFUSED = "{\"message\": \"this is a rehearsal\"}";

  private TrainingRun() {}

  /**
   * Rehearses.
   *
   * @param args {@code all} for an archive from which each command takes what it needs; none for
   *     one that every start loads whole, where more would slow down those that need to be quick
   * @throws IOException when there is no place for the engine's socket
   */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("dispense");
    Path socket = directory.resolve("engine");
    Path state = directory.resolve("state");
    Path file = state.resolve("sandboxes/rehearsal/sandbox.properties");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "provider=docker\nlabel.dev.dispense.sandbox=rehearsal\n");
    String listed =
        "["
            + String.join(",", Collections.nCopies(CONTAINERS, CONTAINER))
                .replace("HOME", state.toString())
            + "]";
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      DaemonThread.start("rehearsal-engine", () -> serve(server, listed));
      Environment host = host(directory, socket);
      Main.Opener opener =
          new Main.Opener() {
            @Override
            Environment host() {
              return host;
            }
          };
      List<List<String>> commands = new ArrayList<>(PLAIN);
      if (List.of(args).contains(ALL)) {
        commands.addAll(OTHERS);
      }
      for (List<String> command : commands) {
        // How it ends does not matter: most are refused by the engine.
        int unused = Main.execute(command, opener);
      }
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** The host as it is, but with the engine of the rehearsal, and with a state of its own. */
  private static Environment host(Path directory, Path socket) {
    Environment host = Environment.current();
    return Environment.in(directory)
        .withVariables(Map.of("DOCKER_HOST", "unix://" + socket))
        .withStateDirectory(directory.resolve("state"))
        .withCacheDirectory(directory.resolve("cache"))
        .withUserName(host.userName())
        .withClock(host.clock());
  }

  private static void serve(ServerSocketChannel server, String listed) {
    while (server.isOpen()) {
      try (SocketChannel connection = server.accept()) {
        answer(connection, listed);
      } catch (IOException e) {
        // This one hung up, or the rehearsal is over.
      }
    }
  }

  private static void answer(SocketChannel connection, String listed) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    if (connection.read(buffer) < 0) {
      return;
    }
    String request = StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
    String path = request.split(" ", 3)[1];
    boolean listing = path.contains("/containers/json");
    boolean known = listing || path.endsWith("/_ping");
    String body = listing ? listed : known ? "OK" : REFUSED;
    String answer =
        ANSWER.formatted(known ? "200 OK" : "404 Not Found", body.length()).replace("\n", "\r\n");
    ByteBuffer bytes = ByteBuffer.wrap((answer + body).getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      connection.write(bytes);
    }
  }
}
