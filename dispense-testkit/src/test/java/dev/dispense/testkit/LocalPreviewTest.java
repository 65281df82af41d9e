package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.PortForward;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A preview of a server that is there, spoken with byte by byte. */
class LocalPreviewTest {
  @TempDir private Path root;
  private RawServer server;
  private Dispense dispense;
  private Sandbox sandbox;
  private PortForward.Preview preview;
  private String known;

  @BeforeEach
  void openPreview() throws IOException {
    server = new RawServer();
    dispense = PromptShell.open(root, "key");
    sandbox = dispense.create(SandboxSpec.builder("box").withoutSupervisor().build());
    preview = sandbox.localPreview(server.port());
    known =
        "Host: 127.0.0.1:%d\r\nCookie: dispense-preview-%<d=%s\r\n"
            .formatted(preview.address().getPort(), preview.token().reveal());
  }

  @AfterEach
  void close() throws IOException {
    sandbox.close();
    sandbox.forceDelete();
    dispense.close();
    server.close();
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("dispense-port")))
        .isEmpty();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), preview.address().getPort());
    socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Returns what comes up to and with {@code end}. */
  private static String readTo(Socket socket, String end) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int next = in.read();
      assertThat(next).as("comes after %s", text).isNotNegative();
      text.append((char) next);
    }
    return text.toString();
  }

  private static String readAll(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Returns all answers to what is sent on one connection, which the preview ends. */
  private String answers(String text) throws IOException {
    try (Socket socket = connect()) {
      send(socket, text);
      return readAll(socket);
    }
  }

  @Test
  void theAddressLeadsInAndTheServerNeverLearnsTheToken() throws IOException {
    String token = preview.token().reveal();
    assertThat(preview.url()).hasScheme("http").hasHost("127.0.0.1").hasPath("/");
    String target = preview.url().getRawPath() + "?" + preview.url().getRawQuery();
    String host = "Host: 127.0.0.1:" + preview.address().getPort() + "\r\n";

    String entrance = answers("GET " + target + " HTTP/1.1\r\n" + host + "\r\n");
    assertThat(entrance).startsWith("HTTP/1.1 303 ");
    String cookie = entrance.replaceFirst("(?s).*Set-Cookie: ([^;]*);.*", "$1");
    assertThat(
            answers(
                "GET / HTTP/1.1\r\n"
                    + host
                    + "Cookie: "
                    + cookie
                    + "\r\nConnection: close\r\n\r\n"))
        .endsWith("at /");
    assertThat(
            answers("GET /p HTTP/1.0\r\n" + host + "Authorization: Bearer " + token + "\r\n\r\n"))
        .endsWith("at /p");

    assertThat(server.heads()).hasSize(2);
    assertThat(server.heads().toString()).doesNotContain(token);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: evil.example\r\nCookie: COOKIE\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nCookie: COOKIE\r\nOrigin: http://evil.example\r\n\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nCookie: COOKIE\r\n\r\n",
        "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nCookie: COOKIE\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nCookie: COOKIE\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nCookie: COOKIE\n\n",
        "\0\0\0\n\n",
        "SSH-2.0-x\r\n\r\n",
        "GET /socket HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "GET /socket HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nCookie: COOKIE\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      })
  void aHostileRequestDoesNotReachTheServer(String request) throws IOException {
    String port = Integer.toString(preview.address().getPort());
    String cookie = "dispense-preview-" + port + "=" + preview.token().reveal();

    assertThat(answers(request.replace("PORT", port).replace("COOKIE", cookie)))
        .matches("(?s)HTTP/1\\.1 40[013] .*");
    assertThat(server.heads()).isEmpty();
  }

  @Test
  void aHeadThatNeverEndsIsRefused() throws IOException {
    assertThat(answers("GET / HTTP/1.1\r\nA: " + "b".repeat(200_000))).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void eachRequestOfAConnectionIsJudged() throws IOException {
    String port = Integer.toString(preview.address().getPort());
    // All at once, so that the second waits where it could be taken for a part of the first.
    String answers =
        answers(
            "GET /1 HTTP/1.1\r\n"
                + known
                + "\r\n"
                + "POST /upload HTTP/1.1\r\n"
                + known
                + "Content-Length: 5\r\n\r\nGET /"
                + "GET /2 HTTP/1.1\r\n"
                + known
                + "\r\n"
                + "GET /3 HTTP/1.1\r\nHost: 127.0.0.1:"
                + port
                + "\r\n\r\n"
                + "GET /4 HTTP/1.1\r\n"
                + known
                + "\r\n");

    assertThat(answers).containsSubsequence("at /1", "got 5", "at /2", "HTTP/1.1 401 ");
    assertThat(server.heads()).hasSize(3);
    assertThat(server.heads().toString()).doesNotContain("/3", "/4");
  }

  @Test
  void anAnswerComesAsItIsSent() throws IOException {
    try (Socket socket = connect()) {
      send(socket, "GET /events HTTP/1.1\r\n" + known + "\r\n");
      readTo(socket, "first\r\n");
      server.sendSecondEvent();
      readTo(socket, "second\r\n0\r\n\r\n");

      send(socket, "HEAD /head HTTP/1.1\r\n" + known + "\r\n");
      readTo(socket, "\r\n\r\n");
      send(socket, "GET /after HTTP/1.1\r\n" + known + "\r\n");
      readTo(socket, "at /after");
    }
  }

  @Test
  void aLargeUploadWaitsForTheServersWord() throws IOException {
    int length = 10 << 20;
    try (Socket socket = connect()) {
      send(socket, "POST /upload HTTP/1.1\r\n" + known + "Expect: 100-continue\r\n");
      send(socket, "Content-Length: " + length + "\r\n\r\n");
      readTo(socket, "100 Continue\r\n\r\n");
      socket.getOutputStream().write(new byte[length]);
      readTo(socket, "got " + length);
    }
  }

  @Test
  void aWebSocketCarriesBytesBothWays() throws IOException {
    String upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n";
    String origin = "Origin: http://127.0.0.1:" + preview.address().getPort() + "\r\n";
    try (Socket socket = connect()) {
      send(socket, "GET /socket HTTP/1.1\r\n" + known + upgrade + origin + "\r\n");
      readTo(socket, "\r\n\r\n");
      send(socket, "\r\n\0GET no HTTP");
      readTo(socket, "no HTTP");
      send(socket, "more");
      readTo(socket, "more");
    }
  }

  @Test
  void anUpgradeThatTheServerDeclinesOpensNothing() throws IOException {
    String upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    String answers =
        answers(
            "GET /declined HTTP/1.1\r\n" + known + upgrade + "\r\n" + "GET /2 HTTP/1.1\r\n\r\n");

    assertThat(answers).containsSubsequence("at /declined", "HTTP/1.1 403 ");
    assertThat(server.heads()).hasSize(1);
  }

  @Test
  void whatIsNoHttpPassesUpToItsEnd() throws IOException {
    assertThat(answers("GET /broken HTTP/1.1\r\n" + known + "\r\n"))
        .isEqualTo("what is this\n\nno HTTP");
  }

  @Test
  void aServerThatIsNotThereIsTold() throws IOException {
    server.close();
    assertThat(answers("GET / HTTP/1.1\r\n" + known + "\r\n"))
        .startsWith("HTTP/1.1 502 ")
        .contains("Nothing listens on port " + server.port() + " of the sandbox 'box'");
  }

  @Test
  void closingItCutsConnectionsAndFreesThePort() throws IOException {
    try (Socket socket = connect();
        Socket silent = connect()) {
      send(socket, "GET /events HTTP/1.1\r\n" + known + "\r\n");
      readTo(socket, "first\r\n");

      preview.close();
      preview.close();

      assertThat(isCut(socket)).isTrue();
      assertThat(isCut(silent)).isTrue();
      assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
    }
  }

  private static boolean isCut(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void bytesPassAForwardingAsTheyAre() throws IOException {
    PortForward forwarding = sandbox.forward(server.port());
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), forwarding.address().getPort())) {
      send(socket, "GET /socket HTTP/1.1\r\nCookie: dispense-preview-1=x\r\n\r\nraw");
      readTo(socket, "raw");
      sandbox.close();
      assertThat(isCut(socket)).isTrue();
    }
    assertThat(server.heads().get(0)).contains("dispense-preview-1=x");
  }

  @Test
  void aStoppedSandboxIsTold() {
    sandbox.stop(Duration.ZERO);

    assertThatThrownBy(() -> sandbox.localPreview(80))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Start it first.")
        .extracting(failure -> ((DispenseException) failure).hint().orElseThrow())
        .isEqualTo(new DispenseException.Hint.Start(sandbox.name()));
    assertThatThrownBy(() -> sandbox.forward(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
