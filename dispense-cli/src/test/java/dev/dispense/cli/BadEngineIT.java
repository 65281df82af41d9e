package dev.dispense.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
    socket = root.resolve("engine.sock");
    user = CommandLine.inRepository(root).with("DOCKER_HOST", "unix://" + socket);
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

  /**
   * A row of the table of engines that know the sandbox and then break.
   *
   * @param whole what is asked and answered well before; the next question is not
   */
  private record Later(String what, Map<String, String> whole, String answer, String message) {
    List<String> commands() {
      List<String> commands = new ArrayList<>(List.of("exec box -- true", "claude box logs 1"));
      if (whole.isEmpty()) {
        commands.addAll(List.of("shell box", "delete --force box"));
      }
      return commands;
    }

    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Later> laterRows() {
    String page = answer("502 X", "<html>Bad gateway</html>");
    String fault = answer("500 X", "{\"message\":\"driver failed\"}");
    Map<String, String> created = Map.of("POST .*/exec ", answer("201 Created", "{\"Id\":\"e\"}"));
    String frame = "HTTP/1.1 101 UPGRADED\r\n\r\n\2\0\0\0\0\0\0\4ha";
    return Stream.of(
        new Later("nothing", Map.of(), "", "does not answer"),
        new Later("a fault", Map.of(), fault, "driver failed"),
        new Later("a proxy's page", Map.of(), page, "Bad gateway"),
        new Later("half a body", Map.of(), fault.substring(0, 50), "failed because"),
        new Later("no start", created, "", CUT),
        new Later("a fault at the start", created, fault, "driver failed"),
        new Later("a proxy's page at the start", created, page, "Bad gateway"),
        new Later("half an output", created, frame, "was cut off"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("laterRows")
  void an_engine_that_breaks_when_it_has_found_the_sandbox_is_told(Later row) throws IOException {
    Path file = root.resolve("state/sandboxes/box/sandbox.properties");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "provider=docker\nlabel.dev.dispense.sandbox=box\n");
    Map<String, String> answers = new LinkedHashMap<>(row.whole());
    answers.put("GET .*/containers/json", answer("200 OK", "[" + container() + "]"));
    try (FakeEngine unused = new FakeEngine(socket, answers, row.answer())) {
      for (String command : row.commands()) {
        refused(user.dispense(command.split(" ")), row.message());
      }
    }
    assertThat(file).exists();
  }

  private String container() {
    return """
    {"Id": "%s", "Names": ["/dispense-box"], "Image": "x", "State": "running",
     "Labels": {"dev.dispense.sandbox": "box", "dev.dispense.home": "%s",
      "dev.dispense.source": "directory", "dev.dispense.location": "%s",
      "dev.dispense.checkout.base": "%s", "dev.dispense.checkout.branch": "dispense/box",
      "dev.dispense.checkout.repository": "%s", "dev.dispense.checkout.delivery": "MOUNT"}}
    """
        .formatted(
            "a".repeat(64),
            root.resolve("state"),
            root.resolve("repository"),
            user.git("rev-parse", "HEAD").stdout().strip(),
            root.resolve("repository/.git"));
  }

  @Test
  @RequiresProgram("setpriv")
  void a_socket_that_the_user_may_not_open_is_told() throws IOException {
    try (FakeEngine unused = new FakeEngine(socket, "")) {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      CommandLine.Outcome outcome = user.dispenseAsNobody(root, "list");

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

  /** Answers some questions as an engine does, and all others as it is told. */
  private static final class FakeEngine implements AutoCloseable {
    private static final String PONG =
        "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK";

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
    private static final Pattern CHUNKED = Pattern.compile("(?i)\r\ntransfer-encoding: *chunked");

    private final ServerSocketChannel server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Path socket;
    private final Map<Pattern, String> answers = new LinkedHashMap<>();
    private final String otherAnswer;

    /** Starts an engine that answers only whether it is there. */
    FakeEngine(Path socket, String otherAnswer) throws IOException {
      this(socket, Map.of(), otherAnswer);
    }

    /**
     * @param answers by a pattern of the beginning of the request
     */
    FakeEngine(Path socket, Map<String, String> answers, String otherAnswer) throws IOException {
      this.socket = socket;
      this.answers.put(Pattern.compile("GET .*/_ping "), PONG);
      answers.forEach((pattern, answer) -> this.answers.put(Pattern.compile(pattern), answer));
      this.otherAnswer = otherAnswer;
      server.bind(UnixDomainSocketAddress.of(socket));
      thread.execute(this::serve);
    }

    private void serve() {
      while (server.isOpen()) {
        try (SocketChannel client = server.accept()) {
          String request = request(client);
          String reply =
              answers.entrySet().stream()
                  .filter(answer -> answer.getKey().matcher(request).lookingAt())
                  .map(Map.Entry::getValue)
                  .findFirst()
                  .orElse(otherAnswer);
          client.write(ByteBuffer.wrap(reply.getBytes(US_ASCII)));
        } catch (IOException e) {
          // The client only looked whether anybody is there, or the test is over.
        }
      }
    }

    /** Reads a request whole: who still writes when it is answered may not see the answer. */
    private static String request(SocketChannel client) throws IOException {
      StringBuilder request = new StringBuilder();
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      while (!isWhole(request) && client.read(buffer) >= 0) {
        request.append(new String(buffer.array(), 0, buffer.position(), US_ASCII));
        buffer.clear();
      }
      return request.toString();
    }

    private static boolean isWhole(StringBuilder request) {
      int end = request.indexOf("\r\n\r\n");
      if (end < 0) {
        return false;
      }
      String head = request.substring(0, end);
      if (CHUNKED.matcher(head).find()) {
        return request.indexOf("\r\n0\r\n\r\n", end) >= 0;
      }
      Matcher length = LENGTH.matcher(head);
      return !length.find() || request.length() >= end + 4 + Integer.parseInt(length.group(1));
    }

    @Override
    public void close() throws IOException {
      server.close();
      thread.shutdownNow();
      Files.delete(socket);
    }
  }
}
