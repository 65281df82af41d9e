package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.Access;
import dev.dispense.daytona.access.ServerAddress;
import dev.dispense.daytona.http.Http;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.LeakCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What lies between a user and Daytona in a company: a proxy, and an authority of its own. */
@ExtendWith(LeakCheck.class)
class NetworkPathTest {
  private static final String DAYTONA = "https://" + TlsService.HOST + "/api";

  @TempDir static Path directory;
  private static @Nullable KeyStore identity;
  private static String certificate = "";

  private final TlsService service = TlsService.start(Objects.requireNonNull(identity));

  @BeforeAll
  static void makeIdentity() throws IOException {
    KeyStore made = TlsService.identity(directory);
    identity = made;
    certificate = TlsService.certificate(made, directory.resolve("ca.pem")).toString();
  }

  @AfterEach
  void close() {
    service.close();
  }

  private static Access access(String address) {
    return new Access(
        ServerAddress.of(address, "the test"),
        Secret.of("dtn_secret"),
        Optional.empty(),
        Optional.empty(),
        "the test");
  }

  private static SandboxProvider provider(String address, Map<String, String> environment) {
    return new DaytonaProvider(
        TestHost.at(directory, environment),
        access(address),
        duration -> {},
        Duration.ofSeconds(10));
  }

  private static Map<String, String> trusting(String... more) {
    Map<String, String> environment = new TreeMap<>(Map.of("SSL_CERT_FILE", certificate));
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  private static void assertFails(String address, Map<String, String> environment, String... said) {
    try (SandboxProvider provider = provider(address, environment)) {
      assertThatThrownBy(provider::list)
          .isInstanceOf(UnavailableException.class)
          .hasMessageStartingWith("Tried to list the sandboxes but failed because ")
          .satisfies(thrown -> assertThat(thrown.getMessage()).contains(said));
    }
  }

  @Test
  void anAuthorityOfTheUsersIsTrusted() {
    String address = "https://localhost:" + service.port() + "/api";
    assertFails(address, Map.of(), "is not one that this machine trusts", "SSL_CERT_FILE");
    assertFails(address, Map.of("SSL_CERT_FILE", "/no/such/file"), "SSL_CERT_FILE");

    for (String variable : new String[] {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"}) {
      try (SandboxProvider provider = provider(address, Map.of(variable, certificate))) {
        assertThat(provider.list()).isEmpty();
      }
    }
  }

  @Test
  void aCertificateForAnotherHostIsNotTrusted() {
    assertFails(
        "https://127.0.0.1:" + service.port() + "/api",
        trusting(),
        "is not one that this machine trusts");
  }

  @Test
  void aFileThatHasNoAuthoritiesTakesNoneAway() throws IOException {
    Path file = Files.writeString(directory.resolve("none.pem"), "nothing\n");
    try (SandboxProvider provider =
        provider(
            "https://localhost:" + service.port(),
            Map.of("SSL_CERT_FILE", file.toString(), "NODE_EXTRA_CA_CERTS", certificate))) {
      assertThat(provider.list()).isEmpty();
    }
  }

  @Test
  void whatDoesNotSpeakTlsIsTold() throws IOException {
    try (ConnectProxy plain = ConnectProxy.start(0, "400 Bad Request")) {
      assertFails(
          "https://" + plain.address() + "/api", Map.of(), "does not speak TLS as it should");
    }
  }

  @Test
  void aHostThatIsNotThereIsTold() {
    assertFails("https://no-such-host.invalid/api", Map.of(), "there is no host of that name");
  }

  @Test
  void callsGoThroughTheProxyThatIsNamed() throws IOException {
    try (ConnectProxy proxy = ConnectProxy.start(service.port(), "200 OK");
        SandboxProvider provider =
            provider(DAYTONA, trusting("HTTPS_PROXY", "http://" + proxy.address()))) {
      assertThat(provider.list()).isEmpty();

      assertThat(proxy.requests().get(0)).contains("CONNECT daytona.test:443 HTTP/1.1");
      assertThat(proxy.requests().get(0)).noneMatch(line -> line.contains("dtn_secret"));
      assertThat(service.calls()).containsExactly("/api/sandbox");
    }
  }

  @Test
  void terminalsGoThroughItToo() throws Exception {
    CompletableFuture<Integer> answered = new CompletableFuture<>();
    try (ConnectProxy proxy = ConnectProxy.start(service.port(), "200 OK");
        Http http =
            new Http(
                TestHost.at(directory, trusting("https_proxy", proxy.address())),
                access(DAYTONA))) {
      Request request =
          new Request.Builder().url("https://" + TlsService.HOST + "/toolbox/x/connect").build();
      WebSocket unused =
          http.connect(
              request,
              new WebSocketListener() {
                @Override
                public void onFailure(
                    WebSocket socket, Throwable failure, @Nullable Response response) {
                  answered.complete(response == null ? 0 : response.code());
                }
              });

      assertThat(answered.get(60, TimeUnit.SECONDS)).isEqualTo(200);
      assertThat(proxy.requests()).hasSize(1);
      assertThat(service.calls()).containsExactly("WEBSOCKET /toolbox/x/connect");
    }
  }

  @Test
  void aUserOfTheProxyIsNamedToItAlone() throws IOException {
    try (ConnectProxy proxy = ConnectProxy.start(service.port(), "200 OK");
        SandboxProvider provider =
            provider(DAYTONA, trusting("HTTPS_PROXY", "http://ann:p%40ss@" + proxy.address()))) {
      assertThat(provider.list()).isEmpty();

      String credentials =
          Base64.getEncoder().encodeToString("ann:p@ss".getBytes(StandardCharsets.UTF_8));
      assertThat(proxy.requests().get(0)).contains("Proxy-Authorization: Basic " + credentials);
    }
  }

  @Test
  void aProxyThatRefusesOrIsNotThereIsTold() throws IOException {
    try (ConnectProxy proxy = ConnectProxy.start(0, "403 Forbidden")) {
      assertFails(
          DAYTONA,
          Map.of("HTTPS_PROXY", proxy.address()),
          "the proxy 127.0.0.1:",
          "(from HTTPS_PROXY)",
          "status 403",
          "NO_PROXY");
    }
    try (ConnectProxy proxy =
        ConnectProxy.start(
            0, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"")) {
      assertFails(
          DAYTONA,
          Map.of("HTTPS_PROXY", "http://ann:secret@" + proxy.address()),
          "wants another user and password",
          "http://USER:PASSWORD@HOST:PORT");
    }
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    assertFails(
        DAYTONA,
        Map.of("HTTPS_PROXY", "http://127.0.0.1:" + closed),
        "the proxy 127.0.0.1:" + closed,
        "cannot be reached");
  }
}
