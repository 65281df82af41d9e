package dev.dispense.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.testkit.RequiresDocker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real client at the preview of a server in a sandbox that has no network. */
@RequiresDocker
class PreviewIT {
  private static final int LARGE = 10 << 20;

  /** What a relay in the sandbox has in its command line. */
  private static final String RELAY = "pgrep -f pack_sockadd[r]_in6";

  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  private final CookieManager cookies = new CookieManager();
  private final HttpClient browser =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(cookies)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();
  @TempDir Path root;
  private CommandLine user;
  private Process preview;
  private String address;
  private String origin;

  @BeforeEach
  void openPreview() throws IOException {
    user = CommandLine.inRepository(root);
    user.dispense("new", "--name", name, "--network", "none", "--skip-daemon").succeeds();
    Path script = Path.of("src/test/resources/dev/dispense/cli/web-server.pl");
    String start = "nohup perl -e \"$1\" 8000 >/tmp/server.log 2>&1 </dev/null &";
    user.dispense("exec", name, "--", "sh", "-c", start, "sh", Files.readString(script)).succeeds();
    Path output = Files.createFile(root.resolve("output"));
    preview = user.start(output, "preview", name, "8000");
    CommandLine.awaitText(preview, output, "Ctrl-C ends it");
    address = Files.readAllLines(output).get(0);
    origin = address.replaceFirst("/\\?.*", "");
  }

  @AfterEach
  void deleteSandbox() throws InterruptedException {
    preview.destroyForcibly().waitFor();
    user.dispense("delete", "--force", "--discard", name);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return browser.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(origin + path));
  }

  @Test
  void aBrowserWithTheAddressUsesTheServerAndNobodyElseDoes() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(401);
    HttpResponse<String> first = get(address.substring(origin.length()));
    assertThat(first.uri()).isEqualTo(URI.create(origin + "/"));
    assertThat(first.body()).contains("GET / HTTP/1.1").doesNotContain("dispense");
    assertThat(get("/again").body()).contains("GET /again ").doesNotContain("dispense");

    String token = address.replaceFirst(".*=", "");
    assertThat(Page.get(origin).status()).isEqualTo(401);
    assertThat(Page.get(origin, "Authorization: Bearer " + token).status()).isEqualTo(200);
    assertThat(Page.get(origin.replace("127.0.0.1", "evil.example"), bearer(token)).status())
        .isEqualTo(403);
    assertThat(Page.get(origin, bearer(token), "Origin: http://evil.example").status())
        .isEqualTo(403);

    carriesEvents();
    carriesAWebSocket();
    carriesMuch();
    carriesManyAtOnce();

    leavesNothing();
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }

  private void carriesEvents() throws IOException, InterruptedException {
    HttpResponse<InputStream> events =
        browser.send(request("/events").build(), BodyHandlers.ofInputStream());
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(events.body(), UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("data: first");
      assertThat(get("/go").statusCode()).isEqualTo(200);
      assertThat(lines.readLine()).isEqualTo("data: second");
    }
  }

  private void carriesAWebSocket() throws Exception {
    CompletableFuture<String> echo = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            echo.complete(text.toString());
            return CompletableFuture.completedFuture(null);
          }
        };
    URI uri = URI.create(origin.replace("http:", "ws:") + "/socket");
    WebSocket socket =
        browser.newWebSocketBuilder().buildAsync(uri, listener).get(60, TimeUnit.SECONDS);
    socket.sendText("to and fro", true).get(60, TimeUnit.SECONDS);
    assertThat(echo.get(60, TimeUnit.SECONDS)).isEqualTo("to and fro");
    socket.abort();
  }

  private void carriesMuch() throws IOException, InterruptedException {
    byte[] bytes = new byte[LARGE];
    Arrays.fill(bytes, (byte) 'x');
    HttpRequest upload =
        request("/upload").POST(HttpRequest.BodyPublishers.ofByteArray(bytes)).build();
    assertThat(browser.send(upload, BodyHandlers.ofString()).body()).isEqualTo("got " + LARGE);
    assertThat(browser.send(request("/large").build(), BodyHandlers.ofByteArray()).body())
        .isEqualTo(bytes);
  }

  private void carriesManyAtOnce() {
    CompletableFuture<?>[] all =
        Stream.generate(() -> browser.sendAsync(request("/many").build(), BodyHandlers.ofString()))
            .limit(50)
            .map(answer -> answer.thenAccept(got -> assertThat(got.body()).contains("GET /many ")))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(all).join();
  }

  private void leavesNothing() throws InterruptedException {
    assertThat(user.dispense("exec", name, "--", "sh", "-c", RELAY).exitCode()).isZero();
    // Ctrl-C does the same, but its signal is ignored where the tests run in the background.
    preview.destroy();

    assertThat(preview.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(preview.exitValue()).isEqualTo(143);
    assertThatThrownBy(() -> Page.get(origin)).isInstanceOf(IOException.class);
    assertThat(user.dispense("exec", name, "--", "sh", "-c", RELAY).exitCode()).isEqualTo(1);
  }
}
