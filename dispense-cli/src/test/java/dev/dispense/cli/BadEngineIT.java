package dev.dispense.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the built command says of an engine that dies half-way, or that answers nonsense. */
@Timeout(120)
@SuppressWarnings("try") // An engine answers as long as it is open.
class BadEngineIT {
  private static final String CUT = "the engine closed the connection without an answer";
  private static final String NONSENSE = "gave an answer that does not make sense";

  @TempDir private Path root;
  private Path socket;
  private CommandLine user;

  /**
   * A row of the table.
   *
   * @param answer what comes to all but the first question, after which the connection is closed
   */
  private record Row(String what, String answer, String message) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Row> rows() {
    String list = answer("200 OK", "[{\"Id\":\"" + "a".repeat(64) + "\",\"Names\":[\"/x\"]}]");
    return Stream.of(
        new Row("nothing", "", CUT),
        new Row("half a head", list.substring(0, 25), CUT),
        new Row("half a body", list.substring(0, list.length() - 9), NONSENSE),
        new Row("another form", answer("200 OK", "{\"a\":1}"), NONSENSE),
        new Row("a page", answer("200 OK", "<html>Hello</html>"), NONSENSE),
        new Row("a fault", answer("500 X", "{\"message\":\"driver failed\"}"), "driver failed"),
        new Row("a fault without a word", answer("500 X", ""), "failed because"),
        new Row("a proxy's page", answer("502 X", "<html>Bad gateway</html>"), "Bad gateway"),
        new Row("noise", "\1\2\3 noise\r\n\r\n", "what answers is not an HTTP server"));
  }

  private static String answer(String status, String body) {
    return "HTTP/1.0 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  @BeforeEach
  void makeRepository() throws IOException {
    Path repository = Files.createDirectory(root.resolve("repository"));
    socket = root.resolve("engine.sock");
    user =
        new CommandLine(
            repository,
            Map.of(
                "DISPENSE_HOME",
                root.resolve("state").toString(),
                "XDG_CONFIG_HOME",
                root.resolve("config").toString(),
                "DOCKER_HOST",
                "unix://" + socket));
    user.git("init", "--quiet").succeeds();
    user.git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "B", "--allow-empty")
        .succeeds();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void an_engine_that_breaks_off_or_answers_nonsense_is_told(Row row) throws IOException {
    try (FakeEngine unused = new FakeEngine(socket, row.answer())) {
      for (String command : List.of("list", "new --name box")) {
        refused(user.dispense(command.split(" ")), row.message());
      }
    }
    assertThat(root.resolve("state/sandboxes/box")).doesNotExist();
    assertThat(user.git("worktree", "list").stdout().lines()).hasSize(1);
    assertThat(user.git("branch", "--list", "dispense/*").stdout()).isEmpty();
  }

  @Test
  void every_command_tells_it() throws IOException {
    try (FakeEngine unused = new FakeEngine(socket, "")) {
      for (String command : List.of("exec box -- true", "diff box", "delete --force box", "gc")) {
        refused(user.dispense(command.split(" ")), CUT);
      }
    }
  }

  @Test
  void a_socket_that_the_user_may_not_open_is_told() throws IOException {
    boolean isRoot = "0\n".equals(user.run(List.of("id", "-u")).stdout());
    Assumptions.assumeTrue(isRoot, "Only root can be somebody else.");
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (FakeEngine unused = new FakeEngine(socket, "")) {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      CommandLine.Outcome outcome =
          user.in(root)
              .with("HOME", root.toString())
              .run(
                  List.of(
                      "setpriv",
                      "--reuid=65534",
                      "--regid=65534",
                      "--clear-groups",
                      CommandLine.LAUNCHER.toString(),
                      "list"));

      refused(outcome, "may not use this socket");
      assertThat(outcome.stderr()).contains("usermod -aG docker ", socket.toString());
    }
  }

  private static void refused(CommandLine.Outcome outcome, String message) {
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.stdout()).isEmpty();
    assertThat(outcome.stderr())
        .contains("dispense: Tried to", message)
        .doesNotContain("\tat ", "Exception", "java.");
  }

  /** Answers the first question of a client as an engine does, and all others as it is told. */
  private static final class FakeEngine implements AutoCloseable {
    private static final String PONG =
        "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK";

    private final ServerSocketChannel server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Path socket;
    private final String answer;

    FakeEngine(Path socket, String answer) throws IOException {
      this.socket = socket;
      this.answer = answer;
      server.bind(UnixDomainSocketAddress.of(socket));
      thread.execute(this::serve);
    }

    private void serve() {
      while (server.isOpen()) {
        try (SocketChannel client = server.accept()) {
          String reply = request(client).contains("/_ping ") ? PONG : answer;
          client.write(ByteBuffer.wrap(reply.getBytes(US_ASCII)));
        } catch (IOException e) {
          // The client only looked whether anybody is there, or the test is over.
        }
      }
    }

    private static String request(SocketChannel client) throws IOException {
      StringBuilder request = new StringBuilder();
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      while (request.indexOf("\r\n\r\n") < 0 && client.read(buffer) >= 0) {
        request.append(new String(buffer.array(), 0, buffer.position(), US_ASCII));
        buffer.clear();
      }
      return request.toString();
    }

    @Override
    public void close() throws IOException {
      server.close();
      thread.shutdownNow();
      Files.delete(socket);
    }
  }
}
